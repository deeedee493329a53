// The page's end of the talk with a store: questions, watched documents, actions.
// See channel.py for what is said. What goes unanswered is sent again under the same number.

const FIRST_PATIENCE = 400; // milliseconds
const LATE = 1500; // after so long a person is told that the answer is late

export class Refused extends Error {
  /** What was asked, what was found, what to do; and the line of code of what was refused. */
  constructor([asked, found, remedy], line = "") {
    super([asked, found].filter(Boolean).join(": "));
    this.name = "Refused";
    Object.assign(this, { asked, found, remedy, line });
  }
}

export class Wire {
  constructor(carrier) {
    this.carrier = carrier;
    this.prefix = Math.random().toString(36).slice(2, 10);
    this.count = 0;
    this.waiting = new Map();
    this.watched = new Map();
    this.ends = new Map();
    this.onLate = () => {}; // is told whether answers are late now
    this.onShown = () => {}; // is told that what was asked for first is shown, or can't be
    this.stop = carrier.listen((message) => this.take(message));
  }

  /** The answer to a question. */
  ask(ask, given = {}) {
    return this.say({ ask, given }).promise;
  }

  /**
   * Does what a verb does; the answer has the line of code that does the same.
   *
   * Its `ended` is a promise of how it ended, the same answer where that is known at once.
   */
  async act(verb, words = [], location = "") {
    const { id, promise } = this.say({ do: verb, words, location });
    const ended = new Promise((resolve, reject) => this.ends.set(id, { resolve, reject }));
    ended.catch(() => {});
    const done = await promise;
    if (!done.goes_on) this.ends.get(id).resolve(done);
    return { ...done, ended };
  }

  /** Calls `told(document, changed)` now and at each change; gives back what ends that. */
  watch(watch, given, told, failed = () => {}) {
    const { id, promise } = this.say({ watch, given });
    const watched = { document: null, early: [], told };
    this.watched.set(id, watched);
    promise.then((document) => {
      watched.document = document;
      for (const changes of watched.early) apply(document, changes);
      if (this.watched.has(id)) told(document, null);
      this.onShown();
    }, (error) => {
      failed(error);
      this.onShown();
    });
    return () => {
      this.watched.delete(id);
      this.say({ leave: id }).promise.catch(() => {});
    };
  }

  close() {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.stop();
  }

  say(message) {
    const id = `${this.prefix}-${++this.count}`;
    const entry = { since: Date.now(), patience: FIRST_PATIENCE };
    const promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
    this.waiting.set(id, entry);
    const send = () => {
      this.carrier.send({ id, ...message });
      entry.timer = setTimeout(send, entry.patience);
      entry.patience = Math.min(entry.patience * 2, 8000);
    };
    send();
    setTimeout(() => this.tellLate(), LATE + 1);
    return { id, promise };
  }

  take(message) {
    if (message.watch) {
      const watched = this.watched.get(message.watch);
      if (!watched) return;
      if (watched.document === null) {
        watched.early.push(message.changes);
      } else {
        apply(watched.document, message.changes);
        watched.told(watched.document, message.changes);
      }
      return;
    }
    if (message.ended) {
      const end = this.ends.get(message.ended);
      message.error ? end?.reject(new Refused(message.error)) : end?.resolve(message.value);
      this.ends.delete(message.ended);
      return;
    }
    const entry = this.waiting.get(message.id);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.waiting.delete(message.id);
    message.error ? entry.reject(new Refused(message.error, message.line)) : entry.resolve(message.value);
    this.tellLate();
  }

  tellLate() {
    const oldest = Math.min(Infinity, ...[...this.waiting.values()].map((each) => each.since));
    this.onLate(Date.now() - oldest > LATE);
  }
}

/** Makes of a document what it is after the changes; see changes.py. */
export function apply(document, { set = {}, put = {}, left = {}, order = {}, gone = [] }) {
  Object.assign(document, set);
  for (const name of gone) delete document[name];
  for (const [name, members] of Object.entries(put)) Object.assign(document[name], members);
  for (const [name, keys] of Object.entries(left)) {
    for (const key of keys) delete document[name][key];
  }
  for (const [name, keys] of Object.entries(order)) {
    document[name] = Object.fromEntries(keys.map((key) => [key, document[name][key]]));
  }
}
