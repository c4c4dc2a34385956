import { test } from 'node:test';
import { wide } from './kit/people.mjs';
import { tour } from './kit/tour.mjs';

test('every page is well made in a wide window', (t) => tour(t, wide));
