// Draws crops on the picture with the mouse, a pen or a finger. Everything works without it, by the fields.
(() => {
  let form = null; // the form of the crop that is being drawn
  let start = null;

  const choose = next => {
    form = next;
    document.querySelectorAll('.draw').forEach(button => button.setAttribute('aria-pressed', String(button.form === form)));
    document.getElementById('help').hidden = form !== null;
    document.getElementById('how').hidden = form === null;
    document.querySelector('.whole').classList.toggle('drawing', form !== null);
  };

  const prepare = () => {
    const whole = document.querySelector('.whole');
    if (whole.dataset.ready) return;
    whole.dataset.ready = 'yes';
    [form, start] = [null, null];
    const picture = whole.querySelector('input[type=image]');
    const [width, height] = [picture.width, picture.height];
    document.querySelectorAll('.draw').forEach(button => {
      button.hidden = false;
      button.onclick = () => choose(button.form === form ? null : button.form);
    });

    // The place of an event in the picture.
    const place = event => {
      const box = picture.getBoundingClientRect();
      const inside = (at, most) => Math.min(Math.max(at, 0), most);
      return [inside(event.clientX - box.left, width), inside(event.clientY - box.top, height)];
    };
    const area = end => {
      const [x, y] = [Math.min(start[0], end[0]), Math.min(start[1], end[1])];
      return { x, y, width: Math.abs(start[0] - end[0]), height: Math.abs(start[1] - end[1]) };
    };
    picture.onpointerdown = event => {
      if (!form) return;
      event.preventDefault();
      picture.setPointerCapture(event.pointerId);
      start = place(event);
    };
    picture.onpointermove = event => {
      if (!start) return;
      const drawn = whole.querySelector('.drawn');
      Object.entries(area(place(event))).forEach(([name, value]) => drawn.setAttribute(name, value));
    };
    picture.onpointerup = event => {
      if (!start) return;
      const part = area(place(event));
      start = null;
      // A click without a movement is a mistake.
      if (part.width < 4 || part.height < 4) return;
      const share = (length, side) => Math.floor(length / side * 1000) / 10;
      const { left, top, width: across, height: down } = form.elements;
      left.value = share(part.x, width);
      top.value = share(part.y, height);
      across.value = share(part.width, width);
      down.value = share(part.height, height);
      form.requestSubmit(form.querySelector('[value=crop]'));
    };
    picture.onpointercancel = () => { start = null; };
    picture.onclick = event => { if (form) event.preventDefault(); };
  };
  prepare();
  addEventListener('keydown', event => { if (event.key === 'Escape') choose(null); });
  // The page's content is replaced when the file changes after a change was refused.
  new MutationObserver(prepare).observe(document.body, { childList: true });
})();
