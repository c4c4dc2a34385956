// The line to the server as the browser tells it: gone, back, or asleep.

const wokeMs = 120_000; // a clock that jumped so far: the machine slept

/** Tells 'lost' and 'back' when the network goes and comes, or the machine wakes. */
export const line = new EventTarget();

const tell = (what) => line.dispatchEvent(new Event(what));
window.addEventListener('offline', () => tell('lost'));
window.addEventListener('online', () => tell('back'));

let last = Date.now();
setInterval(() => {
  const slept = Date.now() - last > wokeMs;
  last = Date.now();
  // What was open before is dead, though nobody says so.
  if (slept) ['lost', 'back'].forEach(tell);
}, 5000);

let awake; // a lock, or the promise of one

/** Keeps the machine from falling asleep, where the browser may (https, in sight). */
export function stayAwake(on) {
  if (!on) {
    awake?.then((lock) => lock?.release());
    awake = undefined;
  } else awake ??= navigator.wakeLock?.request('screen').catch(() => null);
}

// A window that was out of sight has lost its lock.
document.addEventListener('visibilitychange', () => {
  if (document.hidden || !awake) return;
  awake = undefined;
  stayAwake(true);
});

/** Waits, but no longer than until the line is back. */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      line.removeEventListener('back', done);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = () => {
      clearTimeout(timer);
      line.removeEventListener('back', done);
      reject(signal.reason);
    };
    const timer = setTimeout(done, ms);
    line.addEventListener('back', done);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
