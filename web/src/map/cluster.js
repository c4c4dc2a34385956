// Which places are drawn as one: pure.

/**
 * Groups places that lie within `reach` px of the first of a group.
 *
 * @param {{lat: number, lon: number, count?: number}[]} places
 * @param {(place) => {x: number, y: number}} project px at the zoom shown
 * @returns {{lat: number, lon: number, count: number, members: object[]}[]}
 *   in the middle of their members, in the order of the first of them
 */
export function cluster(places, project, reach) {
  const groups = [];
  for (const place of places) {
    const { x, y } = project(place);
    let group = groups.find((g) => Math.hypot(g.x - x, g.y - y) < reach);
    if (!group) groups.push((group = { x, y, lat: 0, lon: 0, count: 0, members: [] }));
    const count = place.count ?? 1;
    group.lat += place.lat * count;
    group.lon += place.lon * count;
    group.count += count;
    group.members.push(place);
  }
  return groups.map(({ lat, lon, count, members }) => ({ lat: lat / count, lon: lon / count, count, members }));
}

/** Whether zooming in would show places apart. */
export function apart(places) {
  return places.some((p) => p.lat !== places[0].lat || p.lon !== places[0].lon || (p.count ?? 1) > 1);
}
