// The moment in the drawing of heights (web/plot.go).

/** Puts a mark into the drawing and lets it be pressed; gives show(second). */
export function profileMark(svg, seek) {
  if (!svg) return () => {};
  const { from, to, left, right } = Object.fromEntries(
    Object.entries(svg.dataset).map(([key, value]) => [key, +value]),
  );
  const mark = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  mark.setAttribute('class', 'map-moment');
  mark.setAttribute('y1', 8);
  mark.setAttribute('y2', 116);
  svg.append(mark);
  svg.classList.add('map-pressable');
  svg.addEventListener('click', (e) => {
    const { x } = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
    seek(from + Math.min(1, Math.max(0, (x - left) / (right - left))) * (to - from));
  });
  return (second) => {
    const x = left + Math.min(1, Math.max(0, (second - from) / (to - from))) * (right - left);
    mark.setAttribute('x1', x);
    mark.setAttribute('x2', x);
  };
}
