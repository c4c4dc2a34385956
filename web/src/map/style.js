// What is what in a vector tile, and how it looks. Knows the two layer schemes
// in common use (Protomaps: `kind`; OpenMapTiles: `class`); what else a file
// holds is not drawn. Quiet colours: the way stands out, not the ground.

const light = {
  land: '#f7f5f0',
  built: '#eeebe4',
  green: '#dfebd3',
  water: '#b9d8ec',
  building: '#ded8ce',
  road: '#ffffff',
  main: '#fdf0c4',
  casing: '#c9c2b6',
  path: '#a89f90',
  rail: '#8a8a8a',
  border: '#8d7fa0',
  name: '#33363d',
  halo: '#ffffff',
};

const dark = {
  land: '#14161a',
  built: '#1c1f24',
  green: '#18261a',
  water: '#12283a',
  building: '#2b2f36',
  road: '#4a4f58',
  main: '#6b6440',
  casing: '#000000',
  path: '#5b606a',
  rail: '#7a7a7a',
  border: '#9a8bb0',
  name: '#f4f5f6',
  halo: '#000000',
};

/** The colours for a page of that look (computed style). */
export const paletteOf = ({ colorScheme }) => (colorScheme === 'dark' ? dark : light);

const kindOf = (p) => p.class ?? p.kind ?? '';

const green = new Set(
  'park forest wood grass grassland meadow cemetery nature_reserve national_park scrub farmland farm garden golf_course pitch recreation_ground orchard protected_area allotments village_green'.split(' '),
);
const built = new Set(
  'residential commercial industrial retail school university college hospital military railway urban_area pedestrian aerodrome'.split(' '),
);
const soft = (p) => (green.has(kindOf(p)) || green.has(p.subclass) ? 'green' : built.has(kindOf(p)) ? 'built' : null);

/** Areas from the ground up. A color may be a function of properties and zoom. */
export const areas = [
  { layers: ['earth'], color: 'land' },
  { layers: ['landcover', 'landuse', 'natural', 'park'], color: soft },
  { layers: ['water'], color: 'water' },
  { layers: ['buildings', 'building'], color: (_, zoom) => (zoom >= 14 ? 'building' : null) },
];

/** Lines below the roads. */
export const strokes = [{ layers: ['water', 'waterway', 'physical_line'], color: 'water', width: 1.5 }];

export const borders = ['boundaries', 'boundary'];

// Rank, px at zoom 16, and the zoom from which it is drawn.
const roads = {
  highway: [4, 11, 5],
  motorway: [4, 11, 5],
  trunk: [4, 10, 6],
  major_road: [3, 9, 8],
  primary: [3, 9, 8],
  secondary: [3, 8, 10],
  medium_road: [2, 7, 11],
  tertiary: [2, 7, 11],
  minor_road: [1, 5, 13],
  minor: [1, 5, 13],
  street: [1, 5, 13],
  service: [1, 3, 15],
};
const paths = new Set(['path', 'track', 'other', 'footway', 'pedestrian']);
const rails = new Set(['rail', 'transit']);

/** How a line of the roads is drawn at a zoom; null where it is not. */
export function roadOf(properties, zoom) {
  const kind = kindOf(properties);
  if (rails.has(kind)) return zoom >= 11 ? { rank: 5, width: 1.5, color: 'rail', dash: [6, 3] } : null;
  if (paths.has(kind)) return zoom >= 15 ? { rank: 0, width: 1.5, color: 'path', dash: [3, 3] } : null;
  const [rank, width, from] = roads[kind] ?? [];
  if (!rank || zoom < from) return null;
  return { rank, width: Math.max(1, width * 1.5 ** (zoom - 16)), color: rank >= 3 ? 'main' : 'road' };
}

export const nameOf = (p) => p['name:ko'] ?? p.name ?? p.ref ?? '';
