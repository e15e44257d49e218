// New comments for a comment server, and replies from other networks. Nothing is loaded or sent before a click.
const make = (name, text = "") => {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
};

const button = (text, onClick) => {
  const element = make("button", text);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
};

const announcer = () => {
  const place = make("p");
  place.setAttribute("role", "status");
  return place;
};

for (const form of document.querySelectorAll(".comment-form")) {
  const { server, page, title, open, reply, sent, failed } = form.dataset;
  const status = announcer();
  let parent = null;
  const show = (id, words) => {
    parent = id;
    status.textContent = words;
    form.hidden = false;
    form.elements.text.focus();
  };
  const send = async () => {
    const { author, text } = form.elements;
    const comment = { author: author.value, text: text.value, title, parent };
    const answer = await fetch(`${server}new?uri=${encodeURIComponent(page)}`, {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(comment),
    });
    if (!answer.ok) throw new Error(answer.status);
  };
  form.before(button(open, () => show(null, "")));
  form.after(status);
  // The server knows the comments that came from it.
  for (const comment of document.querySelectorAll(".comment[id^='comment-isso-']")) {
    const words = reply.replace("{name}", comment.querySelector(".comment-name").textContent.trim());
    comment.append(button(words, () => show(Number(comment.id.replace("comment-isso-", "")), words)));
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const submit = form.querySelector("[type=submit]");
    submit.disabled = true;
    try {
      await send();
      form.reset();
      form.hidden = true;
      status.textContent = sent;
    } catch {
      status.textContent = failed;
    }
    submit.disabled = false;
  });
}

// Characters that turn text around, and more than six marks on one letter, are left out, as from the newsroom's own files.
const tamed = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "").replace(/([\p{Mn}\p{Me}]{6})[\p{Mn}\p{Me}]+/gu, "$1");

// Words of strangers are shown as text alone. A document made so loads and runs nothing.
const plain = (html) => new DOMParser().parseFromString(html.replace(/<br[^>]*>|<\/p>/gi, "\n"), "text/html").body.textContent;

const readers = {
  mastodon: (answer) =>
    answer.descendants
      .filter((post) => ["public", "unlisted"].includes(post.visibility))
      .map((post) => ({
        name: post.account.display_name || post.account.acct,
        url: post.url,
        date: post.created_at,
        text: plain(post.content),
      })),
  bluesky: (answer, site) => {
    const below = (thread) =>
      (thread.replies || []).flatMap((one) =>
        one.post ? [one.post, ...below(one)] : below(one));
    return below(answer.thread).map((post) => ({
      name: post.author.displayName || post.author.handle,
      url: `${site}/profile/${post.author.did}/post/${post.uri.split("/").pop()}`,
      date: post.record.createdAt,
      text: post.record.text,
    }));
  },
};

const shown = ({ name, url, date, text }) => {
  const item = make("li");
  item.className = "comment";
  const by = make("p");
  by.className = "comment-by";
  const who = make("bdi", tamed(name));
  who.className = "comment-name";
  const link = make("a", new Date(date).toLocaleDateString(document.documentElement.lang));
  if (/^https:\/\//.test(url)) link.href = url;
  link.rel = "ugc nofollow";
  by.append(who, " ", link);
  const words = make("div");
  words.className = "comment-text";
  words.dir = "auto";
  words.append(...tamed(text).split("\n").filter((line) => line.trim()).map((line) => make("p", line)));
  item.append(by, words);
  return item;
};

for (const place of document.querySelectorAll(".comments-replies")) {
  const { source, post, network, label, failed } = place.dataset;
  const status = announcer();
  const start = button(label, async () => {
    start.disabled = true;
    try {
      const answer = await fetch(source, { credentials: "omit", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const list = make("ol");
      list.className = "thread";
      list.append(...readers[network](await answer.json(), new URL(post).origin).map(shown));
      start.replaceWith(list);
      status.textContent = "";
    } catch {
      start.disabled = false;
      status.textContent = failed;
    }
  });
  place.append(start, status);
}
