// The watch page: the viewer's name stays over the picture, also when it is
// large, and what a browser cannot play is said to be just that.

import { awaken } from './map/lazy.js';

const stage = document.getElementById('stage');
const large = document.getElementById('large');
const unplayable = document.getElementById('unplayable');
const media = stage.querySelector('video, audio, img');
const clocks = stage.querySelectorAll('[data-clock]');

const format = new Intl.DateTimeFormat('ko-KR', {
  timeZone: 'Asia/Seoul',
  dateStyle: 'medium',
  timeStyle: 'medium',
  hour12: false,
});

function tick() {
  for (const clock of clocks) clock.textContent = format.format(new Date());
}
tick();
setInterval(tick, 1000);

// The player's own full screen would leave the mark behind; the whole stage
// goes instead.
function toggle() {
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen();
}
if (document.fullscreenEnabled) {
  large.hidden = false;
  large.addEventListener('click', toggle);
  stage.addEventListener(
    'dblclick',
    (e) => {
      e.preventDefault();
      e.stopPropagation();
      toggle();
    },
    true,
  );
}

media.addEventListener('error', () => {
  unplayable.hidden = false;
});
media.addEventListener('contextmenu', (e) => e.preventDefault());

awaken();
