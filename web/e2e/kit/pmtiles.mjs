// Ground maps made on the spot: PMTiles files (version 3) of pictures or of
// vectors, small, and the same in every run.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { PbfWriter } from 'pbf';
import { zxyToTileId } from 'pmtiles';

const run = promisify(execFile);

/**
 * Writes a PMTiles file with the tiles around a place.
 *
 * @param {string} path
 * @param {object} of
 * @param {'png' | 'mvt'} of.type
 * @param {{lat: number, lon: number}} of.around
 * @param {number[]} of.zooms
 * @param {(tile: {z: number, x: number, y: number}) => Buffer} of.tile
 * @param {string} [of.attribution]
 */
export async function pmtiles(path, { type, around, zooms, tile, attribution = '' }) {
  const vector = type === 'mvt';
  const tiles = zooms.flatMap((z) => near(around, z)).map((t) => ({ id: zxyToTileId(t.z, t.x, t.y), data: tile(t) }));
  tiles.sort((a, b) => a.id - b.id);
  const data = tiles.map((t) => (vector ? gzipSync(t.data) : t.data));
  const root = gzipSync(directory(tiles.map((t) => t.id), data.map((d) => d.length)));
  const metadata = gzipSync(JSON.stringify({ name: 'test', attribution }));
  const parts = [root, metadata, Buffer.alloc(0), Buffer.concat(data)];
  const head = Buffer.alloc(127);
  head.write('PMTiles\x03', 'latin1');
  let at = head.length;
  parts.forEach((part, i) => {
    head.writeBigUInt64LE(BigInt(at), 8 + 16 * i);
    head.writeBigUInt64LE(BigInt(part.length), 16 + 16 * i);
    at += part.length;
  });
  head.set([1, 2, vector ? 2 : 1, vector ? 1 : 2, Math.min(...zooms), Math.max(...zooms)], 96);
  const bounds = [around.lon - 1, around.lat - 1, around.lon + 1, around.lat + 1];
  bounds.forEach((degrees, i) => head.writeInt32LE(Math.round(degrees * 1e7), 102 + 4 * i));
  await writeFile(path, Buffer.concat([head, ...parts]));
  return path;
}

// The tile of a place and its neighbours.
function near({ lat, lon }, z) {
  const n = 2 ** z;
  const rad = (lat * Math.PI) / 180;
  const cx = Math.floor(((lon + 180) / 360) * n);
  const cy = Math.floor(((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * n);
  const all = [];
  for (let x = cx - 4; x <= cx + 4; x++) {
    for (let y = cy - 4; y <= cy + 4; y++) if (x >= 0 && y >= 0 && x < n && y < n) all.push({ z, x, y });
  }
  return all;
}

function directory(ids, lengths) {
  const out = [...varint(ids.length)];
  ids.forEach((id, i) => out.push(...varint(id - (ids[i - 1] ?? 0))));
  ids.forEach(() => out.push(1));
  for (const length of lengths) out.push(...varint(length));
  lengths.forEach((_, i) => out.push(i ? 0 : 1));
  return Buffer.from(out);
}

function* varint(n) {
  for (; n > 127; n = Math.floor(n / 128)) yield (n % 128) | 128;
  yield n;
}

/** A picture of one colour, 256 px wide and high. */
export async function picture(dir, color) {
  const path = join(dir, `${color}.png`);
  await run('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', `color=${color}:s=256x256`, '-frames:v', '1', path]);
  return readFile(path);
}

/**
 * A vector tile.
 *
 * @param {Record<string, {type: 1 | 2 | 3, points: number[][], properties?: Record<string, string>}[]>} layers
 *   points in a square of 4096
 */
export function mvt(layers) {
  const out = new PbfWriter();
  for (const [name, features] of Object.entries(layers)) out.writeMessage(3, writeLayer, { name, features });
  return Buffer.from(out.finish());
}

function writeLayer({ name, features }, out) {
  const [keys, values] = [[], []];
  out.writeVarintField(15, 2);
  out.writeStringField(1, name);
  for (const feature of features) out.writeMessage(2, writeFeature, { ...feature, keys, values });
  for (const key of keys) out.writeStringField(3, key);
  for (const value of values) out.writeMessage(4, (v, o) => o.writeStringField(1, v), value);
  out.writeVarintField(5, 4096);
}

function writeFeature({ type, points, properties = {}, keys, values }, out) {
  const tags = Object.entries(properties).flatMap(([key, value]) => [keys.push(key) - 1, values.push(value) - 1]);
  out.writePackedVarint(2, tags);
  out.writeVarintField(3, type);
  out.writePackedVarint(4, commands(type, points));
}

function commands(type, points) {
  const zigzag = (n) => (n << 1) ^ (n >> 31);
  let [x, y] = [0, 0];
  const steps = points.map(([px, py]) => {
    const step = [zigzag(px - x), zigzag(py - y)];
    [x, y] = [px, py];
    return step;
  });
  const rest = steps.length > 1 ? [((steps.length - 1) << 3) | 2, ...steps.slice(1).flat()] : [];
  return [(1 << 3) | 1, ...steps[0], ...rest, ...(type === 3 ? [(1 << 3) | 7] : [])];
}
