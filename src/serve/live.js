// Keeps a page of the preview up to date: reloads it when it changes, replaces style sheets without a reload, and shows
// errors. It is not part of the published site.
(() => {
  'use strict';
  const script = document.currentScript;
  if (!script || !window.EventSource || window.top !== window) return;
  let { hash } = script.dataset;
  const { at, desk } = script.dataset;
  const own = '/_presswork/';

  const host = document.createElement('presswork-live');
  const root = host.attachShadow({ mode: 'open' });
  const style = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: own + 'live.css' });
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const link = (href, text) => Object.assign(make('a', '', text), { href });

  const badge = make('div', 'badge');
  const sheet = make('section', 'sheet');
  const toast = make('div', 'toast');
  badge.setAttribute('role', 'status');
  toast.setAttribute('role', 'status');
  sheet.setAttribute('role', 'dialog');
  sheet.setAttribute('aria-label', 'Errors');
  // Nothing is shown before its style has loaded.
  badge.hidden = sheet.hidden = toast.hidden = true;
  root.append(style, sheet, toast, badge);
  document.documentElement.append(host);

  let state = {};
  let problems = { shown: [], more: 0, files: 0 };
  let isClosed = false;
  let isLost = false;
  let isStyled = false;
  // The connection, and the number of the last event.
  let source = null;
  let since = null;
  let last = '';

  const draw = () => {
    const count = problems.shown.length + problems.more;
    badge.replaceChildren();
    if (desk !== undefined) badge.append(link(own, 'Desk'));
    if (state.moment) badge.append(make('span', 'state', 'As of ' + state.moment), link(location.pathname + '?at=now', 'Now'));
    if (state.state) badge.append(make('span', 'state', state.state));
    if (state.editor) badge.append(link(state.editor, 'Edit'));
    if (isLost) badge.append(make('span', 'lost', 'The preview has stopped'));
    if (count) {
      const button = make('button', 'wrong', count === 1 ? '1 error' : count + ' errors');
      button.setAttribute('aria-expanded', String(!isClosed));
      button.onclick = () => { isClosed = !isClosed; draw(); };
      badge.append(button);
    }
    sheet.replaceChildren();
    if (count) {
      const close = make('button', '', 'Close');
      close.onclick = () => { isClosed = true; draw(); };
      const heading = make('h2', '', (count === 1 ? '1 error' : count + ' errors') + (problems.files > 1 ? ' in ' + problems.files + ' files' : ''));
      heading.append(close);
      const list = make('ol');
      problems.shown.forEach(problem => list.append(item(problem)));
      sheet.append(heading, list);
      if (problems.more) sheet.append(make('p', '', 'And ' + problems.more + ' more.'));
    }
    badge.hidden = !isStyled || (!isLost && (desk === undefined || location.pathname === own));
    host.toggleAttribute('data-shown', !badge.hidden);
    sheet.hidden = !isStyled || isClosed || !count;
  };

  const item = problem => {
    const element = make('li');
    element.append(make('p', 'message', problem.message));
    const where = make('p');
    const place = [problem.path, problem.line, problem.line && problem.column].filter(Boolean).join(':');
    const file = make('code', '', place);
    if (problem.editor) {
      const opens = link(problem.editor, '');
      opens.append(file);
      where.append(opens);
    } else where.append(file);
    where.append(make('span', 'code', problem.code));
    element.append(where);
    if (problem.snippet) {
      const line = make('pre');
      line.tabIndex = 0;
      line.append(problem.snippet.before, make('mark', '', problem.snippet.meant), problem.snippet.after);
      element.append(line);
    }
    problem.related.forEach(related => element.append(make('p', '', 'See also ' + related)));
    if (problem.hint) element.append(make('p', 'hint', problem.hint));
    return element;
  };

  const offer = ({ url, title, source }) => {
    toast.replaceChildren(make('span', '', 'New story:'), url ? link(url, title || source) : make('span', '', source));
    const close = make('button', '', 'Close');
    close.onclick = () => { toast.hidden = true; };
    toast.append(close);
    toast.hidden = !isStyled;
  };

  // The old sheet stays until the new one has loaded, so that the page is never unstyled.
  const restyle = sheets => sheets.forEach(([was, now]) => {
    const uses = element => new URL(element.href).pathname === was;
    [...document.querySelectorAll('link[rel~=stylesheet][href]')].filter(uses).forEach(old => {
      const fresh = old.cloneNode();
      fresh.href = now;
      fresh.onload = () => { old.remove(); performance.mark('presswork-styles'); };
      fresh.onerror = () => location.reload();
      old.after(fresh);
    });
  });

  const reload = () => {
    // Some browsers lose the scroll position when a page has changed.
    try { sessionStorage.setItem('presswork-scroll', JSON.stringify([location.href, scrollX, scrollY])); } catch { /* private windows */ }
    location.reload();
  };

  // Pages of the desk receive every change, and are loaded again if their content differs, but not while a form is being
  // filled in. What has answered a form would send it once more, so there only the content is replaced.
  const isDesk = location.pathname.startsWith(own);
  const main = page => page.querySelector('.columns, .crops > main');
  const readDesk = async () => {
    const answer = await fetch(location.pathname + location.search);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const content = page => {
      const copy = main(page)?.cloneNode(true);
      const versions = [...copy?.querySelectorAll('[name=version], [src]') ?? []].map(one => one.value || one.getAttribute('src'));
      copy?.querySelectorAll('time, .countdown, textarea, [aria-labelledby=slow]').forEach(part => part.remove());
      return copy?.textContent + versions;
    };
    if (answer.ok && content(fresh) === content(document)) return;
    const isBusy = document.activeElement?.closest('form') || [...document.querySelectorAll('form textarea')].some(field => field.value);
    if (isBusy) setTimeout(readDesk, 1000);
    else if (answer.ok && document.querySelector('.refused')) main(document).replaceWith(main(fresh));
    else reload();
  };

  const back = () => {
    try {
      const [href, x, y] = JSON.parse(sessionStorage.getItem('presswork-scroll')) || [];
      sessionStorage.removeItem('presswork-scroll');
      if (href === location.href) scrollTo({ left: x, top: y, behavior: 'instant' });
    } catch { /* private windows */ }
  };

  const listen = () => {
    const asked = new URLSearchParams({ path: location.pathname, hash });
    if (at) asked.set('at', at);
    if (since !== null) asked.set('since', since);
    source = new EventSource(own + 'live?' + asked);
    const on = (name, does) => source.addEventListener(name, event => { since = event.lastEventId; does(event.data); });
    on('number', () => {});
    on('reload', isDesk ? readDesk : reload);
    on('styles', data => {
      const { hash: now, sheets } = JSON.parse(data);
      hash = now;
      restyle(sheets);
    });
    on('problems', data => {
      if (data !== last) isClosed = false;
      last = data;
      problems = JSON.parse(data);
      draw();
    });
    on('state', data => { state = JSON.parse(data); draw(); });
    on('article', data => offer(JSON.parse(data)));
    on('file', data => {
      const { url } = JSON.parse(data);
      const shows = element => ['src', 'poster', 'data'].some(name => element[name] && new URL(element[name], location).pathname === url)
        || (element.srcset || '').includes(url);
      if (url && [...document.querySelectorAll('img, source, video, audio, object')].some(shows)) reload();
    });
    source.onopen = () => { isLost = false; draw(); };
    source.onerror = () => { isLost = true; draw(); };
  };
  const leave = () => { if (source) source.close(); source = null; };

  // A notice is about what was done a moment ago, so the next load shows none.
  if (isDesk && location.search.includes('done=')) {
    const asked = new URLSearchParams(location.search);
    asked.delete('done');
    history.replaceState(null, '', location.pathname + (asked.size ? '?' + asked : '') + location.hash);
  }
  style.onload = () => { isStyled = true; draw(); };
  // A page restored from the browser's memory may be out of date.
  addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
  if (document.readyState === 'complete') back(); else addEventListener('load', back);
  addEventListener('pagehide', leave);
  // Browsers allow six connections to a host. A hidden page closes its own, and asks for missed events when it is shown
  // again.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) leave(); else if (!source) listen();
  });
  if (!document.hidden) listen();
})();
