// The ground of a map and its handling, in Korean: tiles where there are some,
// else empty ground with a grid.

import { Control, Map, latLngBounds } from 'leaflet/dist/leaflet-src.esm.js';
import { gridLines } from './grid.js';
import { openTiles } from './tiles.js';
import { place } from './words.js';

// Closer than this, positions say nothing more.
const closest = 21;
const step = 120; // px that an arrow button moves

/**
 * Opens the ground in `element`'s .map-view; the page's drawing is kept for
 * paper. Gives the map, a toolbar for more buttons, and close().
 */
export async function openGround(element, { name = '지도', tiles, attribution, bounds }) {
  const view = element.querySelector('.map-view');
  const box = make('div', 'map-box');
  const toolbar = make('div', 'map-tools');
  toolbar.setAttribute('role', 'group');
  toolbar.setAttribute('aria-label', '지도 조작');
  const note = make('p', 'map-note');
  view.append(box, toolbar, note);
  view.classList.add('map-live');

  const map = new Map(box, {
    zoomControl: false,
    attributionControl: false,
    maxZoom: closest,
    // One finger scrolls the page; two move the map, and so do the buttons.
    dragging: !matchMedia('(pointer: coarse)').matches,
    scrollWheelZoom: false,
    inertia: !calm(),
    zoomAnimation: !calm(),
    fadeAnimation: !calm(),
  });
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', `${name} 지도. 화살표 키로 옮기고 더하기·빼기 키로 확대하고 축소합니다.`);
  wheelWhileFocused(map, box);
  new Control.Scale({ imperial: false, position: 'bottomleft' }).addTo(map);
  view.append(north());

  const ground = { element, view, box, map, toolbar, note, home: null };
  ground.close = () => {
    map.remove();
    for (const made of [box, toolbar, note, view.querySelector('.map-north-live')]) made.remove();
    view.classList.remove('map-live');
  };
  addHandling(ground);
  startAt(ground, bounds);
  await layGround(ground, tiles, attribution);
  return ground;
}

async function layGround(ground, tiles, attribution) {
  const { map, note } = ground;
  const grid = gridLines(map);
  const tell = () => {
    note.textContent = [
      `가운데 위도·경도 ${place(at(map.getCenter()))}`,
      tiles ? '' : `격자 ${grid.step()}°`,
      tiles && attribution ? `배경 지도: ${attribution}` : '',
    ]
      .filter(Boolean)
      .join(' · ');
  };
  try {
    if (tiles) (await openTiles(tiles)).addTo(map);
    else grid.addTo(map);
  } catch (fault) {
    console.warn('map tiles', fault);
    tiles = '';
    grid.addTo(map);
    say(ground, '배경 지도를 읽지 못해 위치만 그립니다.');
  }
  map.on('moveend', tell);
  tell();
}

/** Says a sentence under the map, for the ears too. */
export function say(ground, sentence) {
  const p = make('p', 'map-said');
  p.setAttribute('role', 'status');
  ground.note.before(p);
  p.textContent = sentence;
}

// A map must look somewhere before it can show anything.
function startAt(ground, bounds) {
  const [west, south, east, north] = bounds?.length === 4 ? bounds : [124.5, 33, 132, 39];
  goTo(ground, latLngBounds([south, west], [north, east]));
}

/** Looks at bounds, now and whenever asked for all, no closer than a zoom. */
export function goTo(ground, bounds, closest = 17) {
  ground.home = () => ground.map.fitBounds(bounds, { padding: [40, 40], maxZoom: closest, animate: false });
  ground.home();
}

function addHandling(ground) {
  const { map, toolbar } = ground;
  const animate = !calm();
  const move = (x, y) => () => map.panBy([x * step, y * step], { animate });
  toolbar.append(
    // At once: a move pressed during the library's animation would be lost.
    button('+', '확대', () => map.zoomIn(1, { animate: false })),
    button('−', '축소', () => map.zoomOut(1, { animate: false })),
    button('←', '왼쪽으로', move(-1, 0)),
    button('→', '오른쪽으로', move(1, 0)),
    button('↑', '위로', move(0, -1)),
    button('↓', '아래로', move(0, 1)),
    button('전체 보기', '', () => ground.home()),
  );
}

/** A button of the toolbar; a sign needs a name. */
export function button(text, name, press) {
  const b = make('button', 'second small');
  b.type = 'button';
  b.textContent = text;
  if (name) {
    b.setAttribute('aria-label', name);
    b.title = name;
    b.classList.add('map-sign');
  }
  b.addEventListener('click', press);
  return b;
}

export function make(tag, className) {
  const e = document.createElement(tag);
  e.className = className;
  return e;
}

/** A position as the rest of the map has it. */
export const at = ({ lat, lng }) => ({ lat, lon: lng });

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

// The wheel scrolls the page until somebody has turned to the map.
function wheelWhileFocused(map, box) {
  box.addEventListener('focus', () => map.scrollWheelZoom.enable());
  box.addEventListener('blur', () => map.scrollWheelZoom.disable());
}

function north() {
  const mark = make('div', 'map-north-live');
  mark.setAttribute('aria-hidden', 'true');
  mark.textContent = '↑ 북';
  return mark;
}
