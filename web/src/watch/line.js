// The cursor on the recording's time line (templates/parts/recording.html).

const svg = 'http://www.w3.org/2000/svg';
const [left, right] = [8, 632];

/** Moves a line over the drawing as the film goes on. */
export function moveAlong(root, media) {
  const drawing = root.querySelector('[data-recording]');
  const here = drawing?.querySelector('[data-current]');
  if (!here) return;
  const cursor = document.createElementNS(svg, 'line');
  cursor.setAttribute('class', 'recording-cursor');
  cursor.setAttribute('y1', 0);
  cursor.setAttribute('y2', drawing.viewBox.baseVal.height);
  drawing.append(cursor);
  const move = () => {
    const at = left + ((right - left) * (+here.dataset.offset + media.currentTime)) / drawing.dataset.seconds;
    cursor.setAttribute('x1', at);
    cursor.setAttribute('x2', at);
  };
  for (const name of ['timeupdate', 'seeking', 'loadedmetadata']) media.addEventListener(name, move);
  move();
}
