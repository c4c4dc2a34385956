// One recording's way: its line, its ends, and a mark that moves with the
// picture. Whoever presses the line, the heights, a time of the table or the
// slider sees the picture of that moment.

import { DivIcon, Marker, Polyline, latLngBounds } from 'leaflet/dist/leaflet-src.esm.js';
import { button, goTo, make } from './ground.js';
import { followMedia } from './media.js';
import { profileMark } from './profile.js';
import { secondAt, spanOf, whereAt } from './way.js';
import { clock, metres, place, spoken } from './words.js';

// Beyond this many seconds from the first or the last fix nobody knows.
const known = 2;

/** Shows a way of at least one fix; media may be null. Gives its end. */
export function showWay(ground, way, media) {
  const { map } = ground;
  const { fixes } = way;
  const line = fixes.map((f) => [f.lat, f.lon]);
  goTo(ground, latLngBounds(line), fixes.length > 1 ? 19 : 17);
  if (fixes.length === 1) {
    map.addLayer(sign(line[0], '찍은 곳', 'map-start'));
    return () => {};
  }
  for (const [className, weight] of [['map-casing', 9], ['map-line', 4]]) {
    map.addLayer(new Polyline(line, { className, weight, interactive: false }));
  }
  map.addLayer(sign(line[0], '시작', 'map-start'));
  map.addLayer(sign(line.at(-1), '끝', 'map-finish'));
  return travel(ground, way, media, line);
}

// travel adds what moves.
function travel(ground, way, media, line) {
  const { map, element } = ground;
  const [first, last] = spanOf(way);
  const mark = new Marker(line[0], {
    icon: new DivIcon({ className: 'map-now-place', html: make('div', 'map-now'), iconSize: [0, 0] }),
    keyboard: false,
    interactive: false,
    zIndexOffset: 1000,
  }).addTo(map);
  const seek = (second) => (media ? (media.currentTime = Math.max(0, second)) : show(second));
  const slider = sliderOf(first, last, seek);
  const heights = profileMark(element.querySelector('[data-profile]'), seek);
  const keepUp = toggle('지도가 따라가기', true);

  function show(second) {
    const where = whereAt(way, second);
    mark.setLatLng([where.lat, where.lon]);
    mark.getElement().classList.toggle('map-unknown', second < first - known || second > last + known);
    slider.show(second, where);
    heights(second);
    if (keepUp.on()) map.panInside(mark.getLatLng(), { padding: [48, 48], animate: false });
  }

  press(map, line, (latlng) => seek(secondAt(way, { lat: latlng.lat, lon: latlng.lng })));
  jumpsOf(element, seek);
  if (media) ground.toolbar.append(keepUp.button);
  map.on('dragstart', () => keepUp.set(false));
  ground.toolbar.after(slider.row);
  const stop = media ? followMedia(media, show) : () => {};
  show(media ? media.currentTime : first);
  return () => {
    stop();
    slider.row.remove();
  };
}

// press lets the line be pressed, wide enough for a thumb.
function press(map, line, then) {
  const wide = new Polyline(line, { className: 'map-press', weight: 28 });
  wide.on('click', (e) => then(e.latlng));
  map.addLayer(wide);
}

function sign(where, text, className) {
  const e = make('span', `map-sign-post ${className}`);
  e.textContent = text;
  const icon = new DivIcon({ className: 'map-sign-place', html: e, iconSize: [0, 0] });
  return new Marker(where, { icon, keyboard: false, interactive: false });
}

let sliders = 0;

// The way by keyboard: every second of it, in words.
function sliderOf(first, last, seek) {
  const row = make('div', 'map-seek');
  const label = document.createElement('label');
  const input = document.createElement('input');
  const said = make('p', 'map-where');
  label.htmlFor = input.id = `map-seek-${++sliders}`;
  label.textContent = '경로 위의 곳';
  Object.assign(input, { type: 'range', min: first, max: last, step: last - first > 30 ? 1 : 0.1, value: first });
  input.addEventListener('input', () => seek(input.valueAsNumber));
  row.append(label, input, said);
  return {
    row,
    show(second, where) {
      input.value = second;
      const height = where.alt === undefined ? '' : ` · 고도 ${metres(where.alt)}`;
      said.textContent = `${clock(second)} · 위도·경도 ${place(where)}${height}`;
      input.setAttribute('aria-valuetext', `${spoken(second)}, 위도·경도 ${place(where)}${height.replace(' ·', ',')}`);
    },
  };
}

function toggle(text, on) {
  const b = button(text, '', () => set(!on));
  const set = (value) => {
    on = value;
    b.setAttribute('aria-pressed', on);
  };
  set(on);
  return { button: b, on: () => on, set };
}

// Times of the table become buttons that go there.
function jumpsOf(element, seek) {
  for (const cell of element.querySelectorAll('.map-table [data-at]')) {
    const b = make('button', 'map-jump');
    b.type = 'button';
    b.textContent = cell.textContent;
    b.setAttribute('aria-label', `${cell.textContent} 장면으로 가기`);
    b.addEventListener('click', () => seek(+cell.dataset.at));
    cell.replaceChildren(b);
  }
}
