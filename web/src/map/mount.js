// Puts a map in the place of a page's drawing (templates/parts/map.html).

import { openGround } from './ground.js';
import { fromSelection } from './area.js';
import { showPlaces } from './places.js';
import { readWay, wayOf } from './way.js';
import { showWay } from './wayside.js';

/**
 * Makes a map in `element`, which has a `.map-view` to put it in.
 *
 * @param {HTMLElement} element
 * @param {object} of
 * @param {object} [of.track] GeoJSON Feature of a recording's way, its property
 *   offset_s the seconds of each position
 * @param {{lat: number, lon: number, href?: string, title: string, count?: number}[]} [of.clips]
 *   places; one with a count stands for so many clips
 * @param {string} [of.tiles] address of a PMTiles file; none: empty ground
 * @param {string} [of.attribution] whom the tiles are owed to
 * @param {number[]} [of.bounds] where the tiles end: west, south, east, north
 * @param {HTMLMediaElement} [of.media] moves with the track
 * @param {HTMLFormElement} [of.form] gets south, west, north, east
 * @returns {Promise<{map: import('leaflet').Map, destroy: () => void}>}
 */
export async function mountMap(element, of) {
  const way = of.track && readWay(of.track);
  const ground = await openGround(element, of);
  const ends = [];
  if (way?.fixes.length) ends.push(showWay(ground, way, of.media));
  if (of.clips) ends.push(showPlaces(ground, of.clips));
  if (of.form) fromSelection(ground, of.form);
  return {
    map: ground.map,
    destroy() {
      for (const end of ends) end();
      ground.close();
    },
  };
}

/** Makes the map that the page describes in the attributes of `element`. */
export async function mount(element) {
  const { map: what, name, tiles, attribution, bounds, media, form } = element.dataset;
  const of = { name, tiles, attribution, bounds: bounds?.split(',').map(Number) };
  if (what === 'places') {
    of.clips = [...element.querySelectorAll('.map-places [data-lat]')].map(placeOf);
    of.form = form && document.getElementById(form);
  } else {
    of.track = await trackOf(element);
    of.media = media && document.getElementById(media);
  }
  if (of.track === null) return null;
  return mountMap(element, of);
}

function placeOf(item) {
  const link = item.querySelector('a');
  const { lat, lon, count } = item.dataset;
  return { lat: +lat, lon: +lon, count: +(count ?? 1), href: link?.href, title: link?.textContent ?? item.textContent };
}

async function trackOf(element) {
  const { track, lat, lon } = element.dataset;
  if (!track) return wayOf([[+lon, +lat]], [0]);
  const answer = await fetch(track).catch(() => null);
  if (answer?.ok) return answer.json();
  say(element, '경로를 불러오지 못해 그림만 보여 줍니다. 열람 시간이 끝났다면 사유를 다시 적고 여세요.');
  return null;
}

export function say(element, sentence) {
  const p = document.createElement('p');
  p.className = 'map-said';
  p.setAttribute('role', 'status');
  p.textContent = sentence;
  element.querySelector('.map-view').after(p);
}
