// The list of footage: its map, for who opens it.

import { awaken } from './map/lazy.js';

awaken();
