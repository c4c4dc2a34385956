import { test } from 'node:test';
import { narrow } from './kit/people.mjs';
import { tour } from './kit/tour.mjs';

test('every page is well made in a narrow window', (t) => tour(t, narrow));
