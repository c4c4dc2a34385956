// The player's own bar: what the browser's lacks is frame steps, the time of
// day, small pictures along the bar, and the name over a large picture.

import { clock, spoken } from '../map/words.js';
import { icon } from '../parts/icon.js';
import { frames } from './frames.js';
import { moment } from './mark.js';
import { showStrip } from './strip.js';

const step = 5;
const speeds = [0.25, 0.5, 1, 1.5, 2, 4];

/** Puts the bar of `stage` to work. Gives what keys do. */
export function mountPlayer(stage, media, large) {
  const part = (id) => stage.querySelector(`#${id}`);
  const button = (what) => stage.querySelector(`[data-do="${what}"]`);
  const seek = part('seek');
  media.removeAttribute('controls');

  const length = () => (Number.isFinite(media.duration) ? media.duration : 0);
  const go = (second) => (media.currentTime = Math.min(Math.max(0, second), length()));
  const toggle = () => (media.paused ? media.play().catch(() => {}) : media.pause());
  const frame = frames(media, go);
  const acts = {
    play: toggle,
    back: () => go(media.currentTime - step),
    forward: () => go(media.currentTime + step),
    'frame-back': () => frame(-1),
    'frame-forward': () => frame(1),
    mute: () => (media.muted = !media.muted),
    large,
  };
  for (const [what, act] of Object.entries(acts)) button(what)?.addEventListener('click', act);
  media.addEventListener('click', toggle);
  media.addEventListener('dblclick', large);

  seek.addEventListener('input', () => go(seek.valueAsNumber));
  const show = () => showTime(stage, media, length());
  for (const name of ['timeupdate', 'seeking', 'seeked', 'loadedmetadata', 'durationchange']) media.addEventListener(name, show);

  const paused = () => name(button('play'), media.paused ? '재생' : '멈춤', media.paused ? 'play' : 'pause');
  for (const event of ['play', 'pause', 'ended']) media.addEventListener(event, paused);

  const volume = part('volume');
  volume.addEventListener('input', () => {
    media.volume = volume.valueAsNumber;
    media.muted = false;
  });
  media.addEventListener('volumechange', () => {
    volume.value = media.muted ? 0 : media.volume;
    volume.setAttribute('aria-valuetext', `${Math.round(volume.value * 100)} %`);
    button('mute').setAttribute('aria-pressed', media.muted);
  });
  const louder = (by) => (media.volume = Math.min(1, Math.max(0, media.volume + by)));

  const speed = part('speed');
  speed.addEventListener('change', () => (media.playbackRate = +speed.value));
  media.addEventListener('ratechange', () => (speed.value = String(media.playbackRate)));
  const faster = (by) => (media.playbackRate = speeds[Math.min(speeds.length - 1, Math.max(0, speeds.indexOf(media.playbackRate) + by))]);

  if (!document.fullscreenEnabled) button('large').hidden = true;
  showStrip(stage, seek, length);
  show();
  paused();
  const keys = {
    ' ': toggle, k: toggle, ArrowLeft: acts.back, ArrowRight: acts.forward, ',': acts['frame-back'], '.': acts['frame-forward'],
    ArrowUp: () => louder(0.1), ArrowDown: () => louder(-0.1), m: acts.mute, f: large, '<': () => faster(-1), '>': () => faster(1),
    Home: () => go(0), End: () => go(length()),
  };
  return { media, go, keys };
}

function showTime(stage, media, length) {
  const seek = stage.querySelector('#seek');
  seek.max = length || 1;
  seek.value = media.currentTime;
  seek.setAttribute('aria-valuetext', `${spoken(media.currentTime)}, 전체 ${spoken(length)}`);
  stage.querySelector('#time').textContent = `${clock(media.currentTime)} / ${length ? clock(length) : '-'}`;
  const { starts, rough } = stage.dataset;
  if (!starts) return;
  const said = moment(new Date(Date.parse(starts) + media.currentTime * 1000));
  stage.querySelector('#moment').textContent = rough === undefined ? `촬영 ${said}` : `촬영 ${said} (확실하지 않음)`;
}

function name(button, word, symbol) {
  button.setAttribute('aria-label', word);
  button.replaceChildren(icon(symbol));
}
