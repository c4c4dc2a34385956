// Painting a vector tile (Mapbox Vector Tile 2.1) on a canvas: ground, water,
// green, buildings, roads, borders, names.

import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { areas, borders, nameOf, paletteOf, roadOf, strokes } from './style.js';

const [line, polygon] = [2, 3];

export const readVector = (data) => new VectorTile(new PbfReader(new Uint8Array(data)));

/** Paints the part of `tile` that `of` names (tiles.js, partOf). */
export function paintVector(canvas, tile, of) {
  const ctx = canvas.getContext('2d');
  ctx.scale(of.ratio, of.ratio);
  const palette = paletteOf(of.look);
  const sheet = { ctx, tile, of, palette };
  ctx.fillStyle = palette.land;
  ctx.fillRect(0, 0, of.size, of.size);
  for (const area of areas) paintAreas(sheet, area);
  const roads = roadsOf(sheet);
  for (const stroke of strokes) paintStrokes(sheet, stroke);
  for (const pass of ['casing', 'road']) for (const road of roads) paintRoad(sheet, road, pass);
  for (const layer of borders) paintStrokes(sheet, { layers: [layer], color: 'border', width: 1, dash: [4, 3] });
  paintNames(sheet, roads);
}

// pathOf is a feature in the px of the sheet; scale is of its layer's extent.
function pathOf({ of }, feature) {
  const unit = (of.size * of.parts) / feature.extent;
  return feature
    .loadGeometry()
    .map((ring) => ring.map((p) => [p.x * unit - of.left * of.size, p.y * unit - of.top * of.size]));
}

function* featuresOf({ tile }, layers) {
  for (const name of layers) {
    const layer = tile.layers[name];
    for (let i = 0; layer && i < layer.length; i++) yield layer.feature(i);
  }
}

function trace(ctx, rings, closed) {
  ctx.beginPath();
  for (const ring of rings) {
    ring.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    if (closed) ctx.closePath();
  }
}

function paintAreas(sheet, { layers, color }) {
  const { ctx, palette, of } = sheet;
  for (const feature of featuresOf(sheet, layers)) {
    const hue = typeof color === 'function' ? color(feature.properties, of.zoom) : color;
    if (!hue || feature.type !== polygon) continue;
    trace(ctx, pathOf(sheet, feature), true);
    ctx.fillStyle = palette[hue];
    ctx.fill('evenodd');
  }
}

function paintStrokes(sheet, { layers, color, width, dash = [] }) {
  const { ctx, palette } = sheet;
  ctx.strokeStyle = palette[color];
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  for (const feature of featuresOf(sheet, layers)) {
    if (feature.type !== line) continue;
    trace(ctx, pathOf(sheet, feature), false);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

function roadsOf(sheet) {
  const roads = [];
  for (const feature of featuresOf(sheet, ['roads', 'transportation', 'transit'])) {
    const road = feature.type === line && roadOf(feature.properties, sheet.of.zoom);
    if (road) roads.push({ ...road, path: pathOf(sheet, feature), name: nameOf(feature.properties) });
  }
  return roads.sort((a, b) => a.rank - b.rank);
}

function paintRoad({ ctx, palette }, { path, width, color, dash }, pass) {
  if (pass === 'casing' && (dash || width < 3)) return;
  ctx.lineCap = ctx.lineJoin = 'round';
  ctx.strokeStyle = palette[pass === 'casing' ? 'casing' : color];
  ctx.lineWidth = pass === 'casing' ? width + 2 : width;
  ctx.setLineDash((pass === 'road' && dash) || []);
  trace(ctx, path, false);
  ctx.stroke();
  ctx.setLineDash([]);
}

// Names stay whole: a place's name is moved inside the tile, a road's is left
// out where it does not fit, and none covers another.
function paintNames(sheet, roads) {
  const { ctx, of, palette } = sheet;
  const taken = [];
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  ctx.fillStyle = palette.name;
  ctx.strokeStyle = palette.halo;
  ctx.lineWidth = 3;
  for (const feature of featuresOf(sheet, ['places', 'place'])) {
    const name = nameOf(feature.properties);
    const [[[x, y]]] = pathOf(sheet, feature);
    if (!name || x < 0 || y < 0 || x >= of.size || y >= of.size) continue;
    ctx.font = `600 14px ${of.look.fontFamily}`;
    const half = ctx.measureText(name).width / 2 + 4;
    write(ctx, taken, name, { x: inside(x, half, of.size), y: inside(y, 10, of.size), half, turn: 0 });
  }
  for (const { path, name } of [...roads, ...namedLines(sheet)].filter((r) => r.name)) {
    ctx.font = `12px ${of.look.fontFamily}`;
    const spot = straight(path, ctx.measureText(name).width / 2 + 4, of.size);
    if (spot) write(ctx, taken, name, spot);
  }
}

const inside = (v, room, size) => Math.min(size - room, Math.max(room, v));

// Some files name roads in a layer of its own.
function namedLines(sheet) {
  return [...featuresOf(sheet, ['transportation_name'])]
    .filter((f) => f.type === line)
    .map((f) => ({ path: pathOf(sheet, f), name: nameOf(f.properties) }));
}

// straight finds the middle of a stretch inside the tile that a name fits on.
function straight(path, half, size) {
  for (const ring of path) {
    for (let i = 1; i < ring.length; i++) {
      const seen = clip(ring[i - 1], ring[i], size);
      if (!seen || Math.hypot(seen[1][0] - seen[0][0], seen[1][1] - seen[0][1]) < 2 * half) continue;
      const [[ax, ay], [bx, by]] = seen;
      const [x, y] = [(ax + bx) / 2, (ay + by) / 2];
      let turn = Math.atan2(by - ay, bx - ax);
      if (Math.abs(turn) > Math.PI / 2) turn += Math.PI; // never upside down
      const [w, h] = boxOf(half, turn);
      if (Math.min(x, size - x) >= w && Math.min(y, size - y) >= h) return { x, y, half, turn };
    }
  }
  return null;
}

// clip is the part of a line inside the tile (Liang and Barsky); null for none.
function clip([ax, ay], [bx, by], size) {
  let [from, to] = [0, 1];
  for (const [at, step] of [[ax, bx - ax], [ay, by - ay]]) {
    if (step === 0 && (at < 0 || at > size)) return null;
    if (step === 0) continue;
    const [enter, leave] = [-at / step, (size - at) / step].sort((a, b) => a - b);
    from = Math.max(from, enter);
    to = Math.min(to, leave);
  }
  const point = (part) => [ax + (bx - ax) * part, ay + (by - ay) * part];
  return from < to ? [point(from), point(to)] : null;
}

// boxOf is half the width and height of a turned name.
const boxOf = (half, turn) => [Math.abs(Math.cos(turn)) * half + 8, Math.abs(Math.sin(turn)) * half + 8];

function write(ctx, taken, name, { x, y, half, turn }) {
  const [w, h] = boxOf(half, turn);
  if (taken.some((t) => Math.abs(t.x - x) < t.w + w && Math.abs(t.y - y) < t.h + h)) return;
  taken.push({ x, y, w, h });
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(turn);
  ctx.strokeText(name, 0, 0);
  ctx.fillText(name, 0, 0);
  ctx.restore();
}
