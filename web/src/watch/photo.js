// A photo: larger, smaller, turned. It moves by scrolling, by keys or by hand.

const [least, most] = [1, 16];

/** Puts the bar of `stage` to work for a photo. Gives what keys do. */
export function mountPhoto(stage, img, large) {
  const view = stage.querySelector('.picture');
  const sheet = view.firstElementChild;
  const button = (what) => stage.querySelector(`[data-do="${what}"]`);
  let zoom = 1;
  let turned = 0;

  const lay = () => {
    const { naturalWidth: w, naturalHeight: h } = img;
    if (!w) return;
    const across = turned % 180 !== 0;
    const fit = Math.min(view.clientWidth / (across ? h : w), view.clientHeight / (across ? w : h));
    const [wide, high] = [w * fit * zoom, h * fit * zoom];
    const middle = { x: view.scrollLeft + view.clientWidth / 2, y: view.scrollTop + view.clientHeight / 2 };
    const grown = (across ? high : wide) / (sheet.clientWidth || 1);
    sheet.style.width = `${across ? high : wide}px`;
    sheet.style.height = `${across ? wide : high}px`;
    Object.assign(img.style, { width: `${wide}px`, height: `${high}px`, transform: `translate(-50%, -50%) rotate(${turned}deg)` });
    view.scrollTo(middle.x * grown - view.clientWidth / 2, middle.y * grown - view.clientHeight / 2);
    stage.querySelector('#zoom').textContent = `${Math.round(fit * zoom * 100)} %`;
  };
  const to = (value) => {
    zoom = Math.min(most, Math.max(least, value));
    lay();
  };
  const turn = (by) => {
    turned = (turned + by + 360) % 360;
    lay();
  };
  const acts = {
    in: () => to(zoom * 1.5), out: () => to(zoom / 1.5), fit: () => to(1), left: () => turn(-90), right: () => turn(90), large,
  };
  for (const [what, act] of Object.entries(acts)) button(what).addEventListener('click', act);
  if (!document.fullscreenEnabled) button('large').hidden = true;
  view.classList.add('laid');
  view.addEventListener('dblclick', () => to(zoom > 1 ? 1 : 3));
  drag(view);
  img.addEventListener('load', lay);
  new ResizeObserver(lay).observe(view);
  lay();
  const keys = { '+': acts.in, '=': acts.in, '-': acts.out, 0: acts.fit, '[': acts.left, ']': acts.right, f: large };
  return { keys };
}

// drag moves a scrolled view by hand; a finger does so by itself.
function drag(view) {
  let from = null;
  view.addEventListener('pointerdown', (e) => {
    if (e.pointerType === 'touch' || e.button !== 0) return;
    from = { x: e.clientX + view.scrollLeft, y: e.clientY + view.scrollTop };
    view.setPointerCapture(e.pointerId);
  });
  view.addEventListener('pointermove', (e) => from && view.scrollTo(from.x - e.clientX, from.y - e.clientY));
  for (const end of ['pointerup', 'pointercancel']) view.addEventListener(end, () => (from = null));
}
