// The search page: finds stories in the index, in the reader's browser. Nothing is loaded before a reader searches.
// `src/search/` has the same steps in Rust, and tests compare the two.

// The two names in capitals stand for the rules for words and the version of the format: see `client.rs`.
const rules = RULES;
const form = document.querySelector("form[data-search]");
const words = form?.dataset ?? {};

// Words: `tokens.rs`.

const marks = new RegExp(`[${rules.marks}]`, "gu");
const letters = new RegExp(`[${Object.keys(rules.letters).join("")}]`, "gu");
const pieces = new RegExp(`[${rules.pairs}]+|[${rules.triples}]+|[^${rules.pairs}${rules.triples}]+`, "gu");
const pair = new RegExp(`^[${rules.pairs}]`, "u");
const triple = new RegExp(`^[${rules.triples}]`, "u");
const wordRuns = /[\p{L}\p{N}\p{M}]+/gu;

const fold = (text) => text.normalize("NFKC").toLowerCase().normalize("NFKD").replace(marks, "").normalize("NFC")
.replace(letters, (letter) => rules.letters[letter]);
// The number of characters of a term in a script without spaces; 0 for words.
const width = (term) => pair.test(term) ? 2 : triple.test(term) ? 3 : 0;
const first = (text, count) => [...text].slice(0, count).join("");
const runs = (text) => (fold(text).match(wordRuns) ?? []).flatMap((run) => run.match(pieces))
.map((run) => width(run) ? run : first(run, rules.longest));
const grams = (run, size) => [...run].map((_, at, all) => all.slice(at, at + size).join(""));
const terms = (text) => runs(text).flatMap((run) => width(run) ? grams(run, width(run)) : run);
const comparable = (text) => ` ${runs(text).join(" ")} `;

// Stems: `stems.rs`.

const bare = (word) => {
  const article = /^[\u0620-\u064a]/.test(word) && rules.articles.find((article) => word.startsWith(article));
  const rest = article ? word.slice(article.length) : "";
  return [...rest].length > 2 ? rest : word;
};
const stem = (word, language) => {
  const endings = rules.stems[language.split("-")[0]];
  if (!endings) return word;
  word = bare(word);
  for (const entry of endings) {
    const [ending, replacement = ""] = entry.split(">");
    const start = word.slice(0, -ending.length);
    if (word.endsWith(ending) && [...start].length > 2) {
      return (start + replacement).replace(/(.)([bdgmnprt])\2$/u, "$1$2");
    }
  }
  return word;
};
const key = (term) => term[0] == "\u0001" ? term.slice(0, 2) : first(bare(term), { 0: rules.key, 2: 1, 3: 2 }[width(term)]);
const bucketOf = (key, count) => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % count;
};

// Files: `dictionary.rs`, `index.rs`.

let root;
const files = new Map();

const load = (url, options, read) => {
  if (!files.has(url)) {
    const loading = fetch(url, options).then((response) => {
      if (!response.ok) throw Object.assign(new Error(url), { isGone: response.status == 404 });
      return read(response);
    });
    loading.catch(() => files.delete(url));
    files.set(url, loading);
  }
  return files.get(url);
};
const inflated = (response) => new Response(response.body.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
const ofSegment = (segment, name, read) => load(
  `${words.search}index/${segment.folder}/${name}.idx?${segment.version}`, {},
  async (response) => read(new Uint8Array(await inflated(response))));
const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

const decode = (bytes) => {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const take = (length) => bytes.subarray(at, at += length);
  const titles = take(number());
  const found = new Map();
  let term = new Uint8Array(0);
  while (at < bytes.length) {
    const shared = number();
    term = Uint8Array.of(...term.subarray(0, shared), ...take(number()));
    const count = number();
    const end = number() + at;
    const start = at;
    found.set(new TextDecoder().decode(term), { count, stories: () => {
      const stories = [];
      at = start;
      for (let next = 0; at < end;) {
        const value = number();
        next += value >> 3;
        stories.push([next++, value & 7]);
      }
      return stories;
    } });
    at = end;
  }
  return { titles, terms: found };
};
const bucket = (segment, key) => ofSegment(segment, bucketOf(key, segment.buckets), decode);

const open = async (again) => {
  if (again) files.clear();
  if (root && !again) return root;
  const { format, languages, segments } = await load(`${words.search}root.json`, { cache: "no-cache" }, (file) => file.json());
  if (format != FORMAT) throw new Error();
  root = {
    languages,
    segments: segments.map(([folder, stories, version]) => {
      const [level, node] = folder.split("-");
      const hours = 4 ** level;
      return { folder, stories, version, buckets: stories > 32 ? Math.ceil(stories / 8) : 1, begin: node * hours, hours };
    }),
  };
  root.end = Math.max(0, ...root.segments.map((segment) => segment.begin + segment.hours));
  return root;
};

// Queries: `query.rs`.

const parse = (text) => {
  const query = { wanted: [], unwanted: [], phrases: [] };
  const parts = [...text.trim().matchAll(/(-?)(?:["“”„«»]+([^"“”„«»]*)["“”„«»]?|(\S+))/g)];
  parts.forEach(([, minus, phrase, plain], index) => {
    const isPhrase = phrase !== undefined;
    const found = runs(phrase ?? plain);
    if (isPhrase && !minus) query.phrases.push(comparable(phrase));
    found.forEach((run, at) => {
      const size = width(run);
      const isTyped = index == parts.length - 1 && at == found.length - 1 && !isPhrase && !minus;
      const full = size ? grams(run, size).filter((gram, at) => !at || [...gram].length == size) : [run];
      for (const term of full) {
        const length = [...term].length;
        const isPrefix = size ? length == size - 1 : isTyped && length >= rules.key;
        (minus ? query.unwanted : query.wanted).push({ term, isPrefix, hasForms: !size && !isPhrase });
      }
    });
  });
  return query;
};

// Finding: `find.rs`.

const formsOf = (word) => {
  const stems = word.hasForms ? root.languages.map((language) => [language, stem(word.term, language)]) : [];
  const factor = (other) => other == word.term ? 1
  : stems.some(([language, of]) => stem(other, language) == of) ? 0.8
  : word.isPrefix && other.startsWith(word.term) ? 0.5 : 0;
  return { keys: [key(word.term), ...stems.map(([, stem]) => key(stem))], factor };
};
const storiesWith = async (segment, { keys, factor }) => {
  const found = new Map();
  const buckets = new Map(keys.map((key) => [bucketOf(key, segment.buckets), key]));
  for (const { terms } of await Promise.all([...buckets.values()].map((key) => bucket(segment, key)))) {
    for (const [term, { stories }] of terms) {
      const weight = factor(term);
      if (weight) for (const [story, value] of stories()) {
        found.set(story, Math.max(found.get(story) ?? 0, weight * (value + 1) / 8));
      }
    }
  }
  return found;
};
// Optimal string alignment.
const distance = (one, other) => {
  const rows = [[...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j++) {
      const cost = one[i - 1] != other[j - 1];
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost);
      if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + cost);
      }
    }
  }
  return rows[one.length][other.length];
};
const nearest = async (word) => {
  const length = [...word].length;
  if (width(word) || length < 4) return undefined;
  const found = new Map();
  for (const { terms } of await Promise.all(root.segments.map((segment) => bucket(segment, key(word))))) {
    for (const [term, { count }] of terms) {
      if (term[0] == "\u0001" || key(term) != key(word)) continue;
      const far = distance([...word], [...term]);
      if (far <= (length < 7 ? 1 : 2)) found.set(term, [far, (found.get(term)?.[1] ?? 0) + count]);
    }
  }
  return [...found].sort(([a, [near, count]], [b, [nearer, more]]) => near - nearer || more - count || (a < b ? -1 : 1))[0]?.[0];
};

const filterLetters = { section: "s", author: "a", language: "l" };
// The terms of a filter in a segment, as [value, label, stories].
const filterTerms = async (segment, letter) => {
  const prefix = `\u0001${letter}`;
  const { terms } = await bucket(segment, prefix);
  return [...terms].filter(([term]) => term.startsWith(prefix)).map(([term, { stories }]) => {
    const [value, label] = term.slice(2).split("\u0002");
    return [value, label, stories().map(([story]) => story)];
  });
};
const allowedBy = async (segment, letter, isWanted) =>
  new Set((await filterTerms(segment, letter)).filter(([value]) => isWanted(value)).flatMap(([, , stories]) => stories));

// Finds stories: all of them, or the newest `most` at least.
const find = async (query, state, most) => {
  const forms = query.wanted.map(formsOf);
  const without = query.unwanted.map(formsOf);
  const all = root.segments.map((segment, number) => ({ segment, number })).reverse();
  const found = { hits: [], words: query.wanted.map(({ term }) => term), forms, isWhole: true };
  const size = all.reduce((sum, { segment }) => sum + segment.stories, 0);
  const read = async ({ segment, number }) => ({
    segment, number, stories: await Promise.all(forms.map((form) => storiesWith(segment, form))),
  });
  const collect = async ({ segment, number, stories }) => {
    const excluded = await Promise.all(without.map((form) => storiesWith(segment, form)));
    const allowed = await Promise.all(Object.entries(filterLetters).filter(([name]) => state[name])
    .map(([name, letter]) => allowedBy(segment, letter, (value) => value == state[name])));
    if (state.from || state.to) {
      allowed.push(await allowedBy(segment, "d", (day) => day >= (state.from || "") && day <= (state.to || "~")));
    }
    const candidates = stories.length ? [...stories[0].keys()] : [...Array(segment.stories).keys()];
    for (const story of candidates) {
      if (stories.some((of) => !of.has(story))) continue;
      if (excluded.some((of) => of.has(story))) continue;
      if (allowed.some((of) => !of.has(story))) continue;
      const age = Math.max(0, root.end - segment.begin - segment.hours * (story + 0.5) / segment.stories) / 8766;
      const sum = stories.reduce((sum, of, at) => sum + (found.rarity?.[at] ?? 0) * of.get(story), 0);
      found.hits.push({ segment, number, story, score: sum * (0.6 + 0.4 / (1 + age)) });
    }
  };
  if (state.sort == "newest" && most && !query.phrases.length) {
    // Four at a time: later ones are seldom needed.
    for (let at = 0; at < all.length; at += 4) {
      for (const one of await Promise.all(all.slice(at, at + 4).map(read))) await collect(one);
      if (found.hits.length >= most && at + 4 < all.length) {
        found.isWhole = false;
        break;
      }
    }
    if (found.hits.length || !forms.length) return sorted(found, state);
    return find(query, state);
  }
  let read_ = await Promise.all(all.map(read));
  for (const [at, word] of query.wanted.entries()) {
    if (read_.some(({ stories }) => stories[at].size)) continue;
    const other = await nearest(word.term);
    if (!other) continue;
    found.words[at] = other;
    found.isCorrected = true;
    forms[at] = formsOf({ term: other, hasForms: true });
    for (const one of read_) one.stories[at] = await storiesWith(one.segment, forms[at]);
  }
  found.rarity = forms.map((_, at) => Math.log(1 + size / Math.max(1, read_.reduce((sum, { stories }) => sum + stories[at].size, 0))));
  for (const one of read_) await collect(one);
  return sorted(found, state);
};
const sorted = (found, state) => {
  const byDate = (one, other) => other.number - one.number || other.story - one.story;
  found.hits.sort((one, other) => state.sort == "newest" ? byDate(one, other) : other.score - one.score || byDate(one, other));
  return found;
};
const titleOf = async ({ segment, story }) => {
  const rows = segment.buckets == 1
  ? json((await bucket(segment, "")).titles)
  : await ofSegment(segment, `d${story >> 5}`, json);
  const [title, path, date, section, byline, language] = rows[segment.buckets == 1 ? story : story & 31];
  return { title, path, date, section, byline, language };
};

// Texts come from the stories' own pages.

const textOf = (path) => load(path, {}, async (response) => {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const body = page.querySelector(words.body) ?? page.querySelector("main") ?? page.body;
  for (const hidden of body.querySelectorAll("script, style, template, svg")) hidden.remove();
  for (const block of body.querySelectorAll("p, li, h2, h3, td, th, dt, dd, figcaption, br")) block.append(" ");
  return body.textContent.replace(/\s+/gu, " ").trim();
});
// The places of the words that were found, as [start, end].
const placesIn = (text, found) => {
  const places = [];
  for (const { 0: run, index } of text.matchAll(wordRuns)) {
    for (const { 0: piece, index: at } of run.matchAll(pieces)) {
      const start = index + at;
      if (width(piece)) {
        const folded = fold(piece);
        const same = folded.length == piece.length ? folded : piece;
        for (const word of found.words) {
          for (let from = same.indexOf(word); from >= 0; from = same.indexOf(word, from + 1)) {
            places.push([start + from, start + from + word.length]);
          }
        }
      } else if (terms(piece).some((term) => found.forms.some((form) => form.factor(term)))) {
        places.push([start, start + piece.length]);
      }
    }
  }
  return places.sort(([one], [other]) => one - other);
};
const marked = (text, found) => {
  const parts = [];
  let done = 0;
  for (const [start, end] of placesIn(text, found)) {
    if (end <= done) continue;
    parts.push(text.slice(done, Math.max(start, done)), make("mark", {}, text.slice(Math.max(start, done), end)));
    done = end;
  }
  return [...parts, text.slice(done)];
};
const snippet = (text, found) => {
  const [start] = placesIn(text, found)[0] ?? [0];
  const from = start < 90 ? 0 : text.indexOf(" ", start - 90) + 1 || start - 30;
  const begin = from > start ? start - 30 : from;
  const space = text.lastIndexOf(" ", begin + 240);
  const end = begin + 240 >= text.length ? text.length : space > start ? space : begin + 240;
  return (begin ? "… " : "") + text.slice(begin, end) + (end < text.length ? " …" : "");
};

// The page.

const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
const say = (text, count) => text.replace("{count}", new Intl.NumberFormat(document.documentElement.lang).format(count));

const start = () => {
  const field = form.elements.q;
  form.action = words.page;
  for (const other of form.querySelectorAll("input[type=hidden], p")) other.remove();
  if (new URL(words.page, location).pathname != location.pathname) return;

  const status = make("p", { role: "status", class: "search-status" });
  const list = make("ol", { class: "search-list" });
  const more = make("button", { type: "button", class: "search-more", hidden: "" }, words.more);
  const filters = make("details", { class: "search-filters" }, make("summary", {}, words.filters));
  const controls = {};
  const label = (name, control) => {
    control.name = name;
    controls[name] = control;
    filters.append(make("label", {}, make("span", {}, words[name]), control));
  };
  for (const name of Object.keys(filterLetters)) label(name, make("select", {}, make("option", { value: "" }, words.any)));
  for (const name of ["from", "to"]) label(name, make("input", { type: "date" }));
  label("sort", make("select", {}, make("option", { value: "" }, words.relevance), make("option", { value: "newest" }, words.newest)));
  form.append(filters);
  form.after(status, list, more);

  let state = {};
  let shown = 10;
  let turn = 0;
  const read = () => {
    state = Object.fromEntries(new URLSearchParams(location.search));
    field.value = state.q ?? "";
    for (const [name, control] of Object.entries(controls)) {
      const value = state[name] ?? "";
      control.value = value;
      // The option of a filter that hasn't been loaded.
      if (control.value != value && control.options) control.append(make("option", { value, selected: "" }, value));
    }
    filters.open ||= Object.keys(controls).some((name) => state[name]);
  };
  const write = (isStep) => {
    const next = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
    const url = `${location.pathname}${next.size ? `?${next}` : ""}`;
    if (url != location.pathname + location.search) history[isStep ? "pushState" : "replaceState"](null, "", url);
    state = Object.fromEntries(next);
  };

  const showFilters = async (query) => {
    const base = await find(query, {});
    for (const [name, letter] of Object.entries(filterLetters)) {
      const control = controls[name];
      const counts = new Map();
      const segments = await Promise.all(root.segments.map(async (segment) => [segment, await filterTerms(segment, letter)]));
      for (const [segment, values] of segments) {
        const hits = new Set(base.hits.filter((hit) => hit.segment == segment).map(({ story }) => story));
        for (const [value, label, stories] of values) {
          const count = stories.filter((story) => hits.has(story)).length + (counts.get(value)?.[1] ?? 0);
          counts.set(value, [label || new Intl.DisplayNames(document.documentElement.lang, { type: name }).of(value), count]);
        }
      }
      const kept = control.value;
      const options = [...counts].filter(([value, [, count]]) => count || value == kept)
      .sort(([, [one]], [, [other]]) => one.localeCompare(other, document.documentElement.lang))
      .map(([value, [label, count]]) => make("option", { value }, say(`${label} ({count})`, count)));
      control.replaceChildren(control.options[0], ...options);
      control.value = kept;
      control.parentElement.hidden = options.length < 2 && !kept;
    }
  };

  const item = (story, found) => {
    const date = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
    const text = make("p", { class: "search-text", lang: story.language, dir: "auto" });
    const about = [story.section, story.byline].filter(Boolean).join(" · ");
    const entry = make("li", {},
      make("h2", { lang: story.language, dir: "auto" }, make("a", { href: story.path }, ...marked(story.title, found))),
      make("p", { class: "search-about" }, make("time", { datetime: story.date }, date.format(new Date(story.date))), " · ", about),
      text);
    textOf(story.path).then((body) => text.append(...marked(snippet(body, found), found)), () => text.remove());
    return entry;
  };
  const withPhrases = async (query, hits) => {
    const checked = await Promise.all(hits.slice(0, 50).map(async (hit) => {
      const { title, path } = await titleOf(hit);
      const text = comparable(await textOf(path)) + comparable(title);
      return query.phrases.every((phrase) => text.includes(phrase));
    }));
    return hits.filter((_, at) => checked[at]);
  };

  const show = async (again) => {
    const now = ++turn;
    const typed = state.q ?? "";
    const query = parse(typed);
    const hasFilter = Object.keys(state).some((name) => name != "q" && name != "sort");
    const letters = [...query.wanted.map(({ term }) => term).join("")];
    if (!hasFilter && (!letters.length || letters.length < 2 && !width(letters[0]))) {
      list.replaceChildren();
      status.textContent = "";
      more.hidden = true;
      return;
    }
    try {
      await open(again);
      const found = await find(query, state, filters.open ? 0 : shown + 1);
      if (query.phrases.length) found.hits = await withPhrases(query, found.hits);
      const stories = await Promise.all(found.hits.slice(0, shown).map(titleOf));
      if (now != turn) return;
      const count = found.hits.length;
      const total = say(words.found, count) + (found.isWhole ? "" : "+");
      status.textContent = !count ? words.none
      : found.isCorrected ? `${words.instead.replace("{words}", found.words.join(" "))} ${total}` : total;
      list.replaceChildren(...stories.map((story) => item(story, found)));
      more.hidden = count <= shown;
      if (filters.open) await showFilters(query);
    } catch (error) {
      // A build has published other files in the meantime: the root names them.
      if (error.isGone && !again) return show(true);
      if (now != turn) return;
      list.replaceChildren();
      more.hidden = true;
      status.textContent = words.unavailable;
    }
  };

  let timer;
  const search = (isStep) => {
    clearTimeout(timer);
    shown = 10;
    write(isStep);
    return show();
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(true);
  });
  filters.addEventListener("change", () => search(true));
  filters.addEventListener("toggle", () => filters.open && show());
  more.addEventListener("click", async () => {
    const at = shown;
    shown += 10;
    await show();
    list.children[at]?.querySelector("a").focus();
  });
  addEventListener("popstate", () => {
    read();
    show();
  });
  form.parentElement.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("h2 a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = links.indexOf(document.activeElement);
    if (!step || !links.length || at < 0 && (document.activeElement != field || step < 0)) return;
    event.preventDefault();
    (links[at + step] ?? (step < 0 ? field : links[at])).focus();
  });
  read();
  show();
};

if (form && "DecompressionStream" in window) start();
