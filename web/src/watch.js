// The watch page: a player of its own over the browser's, the viewer's name
// always over the picture, a map and a time line that move with it, and the
// files of one recording one after another.

import { awaken } from './map/lazy.js';
import { moveAlong } from './watch/line.js';
import { awaitCopy } from './watch/making.js';
import { goingOn } from './watch/on.js';
import { mountPhoto } from './watch/photo.js';
import { mountPlayer } from './watch/player.js';
import { keepMark } from './watch/mark.js';
import { listen } from './watch/keys.js';

const stage = document.getElementById('stage');

// What a page has besides the stage is put in place anew with every file.
function mount() {
  const media = stage.querySelector('#player');
  const rest = document.getElementById('rest');
  const large = () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen());
  const unplayable = document.getElementById('unplayable');
  const making = document.getElementById('making');
  media?.addEventListener('error', () => (unplayable.hidden = Boolean(making)));
  media?.addEventListener('contextmenu', (e) => e.preventDefault());
  stage.querySelector('#bar')?.removeAttribute('hidden');
  document.getElementById('help')?.removeAttribute('hidden');
  const player = media instanceof HTMLImageElement ? mountPhoto(stage, media, large) : media && mountPlayer(stage, media, large);
  if (player && !(media instanceof HTMLImageElement)) {
    moveAlong(rest, media);
    goingOn(rest, media, player, mount);
  }
  if (making) awaitCopy(making);
  listen(player);
  awaken(rest);
}

keepMark(document);
mount();
