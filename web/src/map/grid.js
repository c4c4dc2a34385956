// Lines of even degrees on empty ground, so that it can be seen to move.

import { LayerGroup, Polyline } from 'leaflet/dist/leaflet-src.esm.js';

const steps = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];

/** The step that draws four lines or a few more across so many degrees. */
export const stepFor = (across) => steps.find((s) => across / s >= 4) ?? steps.at(-1);

/** A layer of grid lines, with step() in degrees. */
export function gridLines(map) {
  const lines = new LayerGroup();
  const pane = map.createPane('grid'); // below the way
  const around = () => map.getBounds().pad(0.2);
  const step = () => stepFor(map.getBounds().getEast() - map.getBounds().getWest());
  const line = (from, to) => new Polyline([from, to], { pane, className: 'map-grid', interactive: false, weight: 1 });
  const draw = () => {
    lines.clearLayers();
    const [b, s] = [around(), step()];
    const [west, east, south, north] = [b.getWest(), b.getEast(), b.getSouth(), b.getNorth()];
    for (let i = Math.ceil(west / s); i * s <= east; i++) lines.addLayer(line([south, i * s], [north, i * s]));
    for (let i = Math.ceil(south / s); i * s <= north; i++) lines.addLayer(line([i * s, west], [i * s, east]));
  };
  lines.on('add', () => {
    map.on('moveend', draw);
    draw();
  });
  lines.on('remove', () => map.off('moveend', draw));
  lines.step = step;
  return lines;
}
