// Looking for footage in the part of the map that is shown.

import { latLngBounds } from 'leaflet/dist/leaflet-src.esm.js';
import { button, goTo } from './ground.js';

/** The bounds shown, as the fields of a search form: degrees, about a metre. */
export function fieldsOf(bounds) {
  const clamp = (n, most) => Math.min(most, Math.max(-most, n)).toFixed(5);
  return {
    south: clamp(bounds.getSouth(), 90),
    west: clamp(bounds.getWest(), 180),
    north: clamp(bounds.getNorth(), 90),
    east: clamp(bounds.getEast(), 180),
  };
}

/**
 * Adds a button that fills south, west, north and east of `form` with what the
 * map shows, and sends it. A form that already has them is where the map begins.
 */
export function fromSelection(ground, form) {
  const field = (name) => form.elements.namedItem(name) ?? add(form, name);
  const search = button('이 지도 영역에서 찾기', '', () => {
    for (const [name, value] of Object.entries(fieldsOf(ground.map.getBounds()))) field(name).value = value;
    form.requestSubmit();
  });
  search.className = 'small';
  ground.toolbar.append(search);
  const said = ['south', 'west', 'north', 'east'].map((name) => form.elements.namedItem(name)?.value);
  if (said.every((v) => v && Number.isFinite(+v))) {
    const [south, west, north, east] = said.map(Number);
    goTo(ground, latLngBounds([south, west], [north, east]));
  }
}

function add(form, name) {
  const input = document.createElement('input');
  input.type = 'hidden';
  input.name = name;
  form.append(input);
  return input;
}
