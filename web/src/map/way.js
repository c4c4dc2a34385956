// Where a recording went: pure, so that it can be tested without a browser.

/** The GeoJSON Feature of positions [lon, lat, alt?] at seconds. */
export function wayOf(line, seconds) {
  const geometry = line.length > 1 ? { type: 'LineString', coordinates: line } : { type: 'Point', coordinates: line[0] };
  return { type: 'Feature', geometry: line.length ? geometry : null, properties: { offset_s: seconds } };
}

/**
 * Reads a GeoJSON Feature. Longitudes go on beyond 180 where the way crosses
 * the date line, so that lines do not run around the earth.
 *
 * @returns {{fixes: {at: number, lat: number, lon: number, alt?: number}[]}}
 */
export function readWay({ geometry, properties }) {
  if (!geometry) return { fixes: [] };
  const line = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
  const seconds = properties.offset_s;
  if (line.length !== seconds.length) throw new Error(`${line.length} positions at ${seconds.length} times`);
  let before = line[0]?.[0];
  const fixes = line.map(([lon, lat, alt], i) => {
    before += turned(lon - before);
    return { at: seconds[i], lat, lon: before, alt };
  });
  return { fixes };
}

const turned = (degrees) => (((degrees % 360) + 540) % 360) - 180;

/** Seconds of the first and the last fix. */
export function spanOf({ fixes }) {
  return [fixes[0].at, fixes.at(-1).at];
}

/** Where the way was at a second; before its start and after its end, there. */
export function whereAt({ fixes }, second) {
  const next = after(fixes, second);
  if (next === 0) return { ...fixes[0] };
  if (next === fixes.length) return { ...fixes.at(-1) };
  const [a, b] = [fixes[next - 1], fixes[next]];
  const part = b.at > a.at ? (second - a.at) / (b.at - a.at) : 1;
  const mix = (from, to) => from + (to - from) * part;
  const alt = a.alt === undefined || b.alt === undefined ? undefined : mix(a.alt, b.alt);
  return { at: second, lat: mix(a.lat, b.lat), lon: mix(a.lon, b.lon), alt };
}

// The index of the first fix later than a second.
function after(fixes, second) {
  let [low, high] = [0, fixes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fixes[middle].at <= second) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The second at which the way was nearest to a place. */
export function secondAt({ fixes }, { lat, lon }) {
  const flat = Math.cos((lat * Math.PI) / 180);
  const at = (f) => [(f.lon - lon) * flat, f.lat - lat];
  let best = { far: Infinity, second: fixes[0].at };
  fixes.forEach((f, i) => {
    const from = fixes[Math.max(0, i - 1)];
    const { far, part } = nearest(at(from), at(f));
    if (far < best.far) best = { far, second: from.at + (f.at - from.at) * part };
  });
  return best.second;
}

// How near the line from a to b comes to 0,0, squared, and after which part.
function nearest([ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const part = length ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length)) : 0;
  const [x, y] = [ax + dx * part, ay + dy * part];
  return { far: x * x + y * y, part };
}
