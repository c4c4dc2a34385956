// Many clips as points with counts; each leads to what it stands for.

import { DivIcon, LayerGroup, Marker, latLng, latLngBounds } from 'leaflet/dist/leaflet-src.esm.js';
import { apart, cluster } from './cluster.js';
import { calm, goTo, make } from './ground.js';

const reach = 44; // px

export function showPlaces(ground, places) {
  const { map, view } = ground;
  const layer = new LayerGroup().addTo(map);
  const here = make('div', 'map-here');
  here.tabIndex = -1;
  here.hidden = true;
  view.append(here);
  if (places.length) goTo(ground, latLngBounds(places.map((p) => [p.lat, p.lon])));

  const open = (knot) => {
    if (map.getZoom() < map.getMaxZoom() && apart(knot.members)) zoomTo(map, knot);
    else list(here, knot.members);
  };
  const draw = () => {
    const zoom = map.getZoom();
    const seen = map.getBounds().pad(0.5);
    layer.clearLayers();
    for (const knot of cluster(places, ({ lat, lon }) => map.project([lat, lon], zoom), reach)) {
      const where = latLng(knot.lat, knot.lon);
      if (seen.contains(where)) layer.addLayer(markerOf(knot, where, open));
    }
  };
  map.on('moveend', draw);
  draw();
  return () => {
    map.off('moveend', draw);
    here.remove();
  };
}

// The knot's own element takes the focus and the press: a link for one clip,
// a button for several.
function markerOf(knot, where, open) {
  const [only] = knot.members;
  const alone = knot.members.length === 1 && only.href;
  const e = make(alone ? 'a' : 'button', 'map-pin');
  if (alone) {
    e.href = only.href;
    e.title = only.title;
    e.setAttribute('aria-label', knot.count > 1 ? `${only.title}, ${countOf(knot)}` : only.title);
  } else {
    e.type = 'button';
    e.setAttribute('aria-label', `여기서 찍은 영상 ${countOf(knot)} 펼치기`);
    e.addEventListener('click', () => open(knot));
  }
  e.textContent = knot.count > 1 ? countOf(knot) : '';
  for (const name of ['dblclick', 'mousedown', 'pointerdown']) e.addEventListener(name, (event) => event.stopPropagation());
  const icon = new DivIcon({ className: 'map-pin-place', html: e, iconSize: [0, 0] });
  return new Marker(where, { icon, keyboard: false, interactive: false });
}

const countOf = (knot) => `${knot.count.toLocaleString('ko-KR')}건`;

function zoomTo(map, knot) {
  const bounds = latLngBounds(knot.members.map((p) => [p.lat, p.lon]));
  const zoom = Math.max(map.getZoom() + 1, Math.min(map.getBoundsZoom(bounds.pad(0.2)), map.getMaxZoom()));
  map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()), { animate: !calm() });
  map.getContainer().focus();
}

// Clips of one place are told apart by a list.
function list(here, members) {
  const title = make('p', 'map-here-title');
  title.textContent = `이 자리에서 찍은 영상 ${members.length}건`;
  const ul = document.createElement('ul');
  for (const member of members) {
    const a = document.createElement('a');
    if (member.href) a.href = member.href;
    a.textContent = member.title;
    ul.append(document.createElement('li'));
    ul.lastChild.append(a);
  }
  here.replaceChildren(title, ul);
  here.hidden = false;
  here.focus();
}
