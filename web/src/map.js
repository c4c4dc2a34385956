// The map, loaded by map/lazy.js where a page shows one.

import './map/map.css';

export { mount, mountMap } from './map/mount.js';
