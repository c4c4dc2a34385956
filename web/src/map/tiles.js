// The ground map from one PMTiles file, read by ranges from this server. Tiles
// are painted on canvases: the content policy lets no picture come from a blob.

import { GridLayer } from 'leaflet/dist/leaflet-src.esm.js';
import { PMTiles, TileType } from 'pmtiles';
import { paintVector, readVector } from './vector.js';

const size = 256;
const remembered = 96; // tiles kept unpacked

/** A layer of the file at `address`; fails when it cannot be read. */
export async function openTiles(address) {
  const file = new PMTiles(new URL(address, location.href).href);
  const head = await file.getHeader();
  const vector = head.tileType === TileType.Mvt;
  const fetchTile = remember(async (key) => {
    const [z, x, y] = key.split('/').map(Number);
    const tile = await file.getZxy(z, x, y);
    if (!tile) return null;
    return vector ? readVector(tile.data) : createImageBitmap(new Blob([tile.data]));
  });
  // A vector tile holds what is drawn on 512 px; pictures are as they are.
  const closer = vector ? 1 : 0;
  return new Ground({ minZoom: head.minZoom, paint: vector ? paintVector : paintPicture, fetchTile, closer, head });
}

const Ground = GridLayer.extend({
  createTile(coords, done) {
    const canvas = document.createElement('canvas');
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    canvas.width = canvas.height = size * ratio;
    const { fetchTile, paint, head, closer } = this.options;
    const part = partOf(coords, Math.min(head.maxZoom, Math.max(head.minZoom, coords.z - closer)));
    fetchTile(part.key).then(
      (tile) => {
        if (tile && this._map) paint(canvas, tile, { ...part, size, ratio, look: getComputedStyle(this._map.getContainer()) });
        done(null, canvas);
      },
      (fault) => done(fault, canvas),
    );
    return canvas;
  },
});

/** Which tile of a zoom holds coords, and which part of it they are. */
export function partOf({ x, y, z }, zoom) {
  const parts = 2 ** (z - zoom);
  const [column, row] = [Math.floor(x / parts), Math.floor(y / parts)];
  return { key: `${zoom}/${column}/${row}`, parts, left: x - column * parts, top: y - row * parts, zoom: z };
}

function paintPicture(canvas, picture, { parts, left, top }) {
  const [w, h] = [picture.width / parts, picture.height / parts];
  canvas.getContext('2d').drawImage(picture, left * w, top * h, w, h, 0, 0, canvas.width, canvas.height);
}

// remember keeps what was made last; what failed is tried again.
function remember(make) {
  const kept = new Map();
  return (key) => {
    const found = kept.get(key) ?? make(key);
    kept.delete(key);
    kept.set(key, found);
    found.catch(() => kept.delete(key));
    if (kept.size > remembered) kept.delete(kept.keys().next().value);
    return found;
  };
}
