// Fetches the log of a run chunk by chunk, and what comes after it as it comes.

const PATIENCE = 600; // milliseconds that the store has to tell what a log file has already

/** Fills a LogBook; `told()` is called after each change, `failed(error)` where it cannot. */
export class LogFeed {
  constructor(wire, run, book, told, failed) {
    Object.assign(this, { wire, run, book, told, failed });
    this.record = 0;
    this.event = 0;
    this.isWhole = false; // whether all that there is has come
    this.isLive = this.wasLive = false;
    this.files = {};
    this.stop = wire.watch("run_log", { run }, (news) => this.heard(news), failed);
  }

  heard(news) {
    this.isLive = news.live;
    this.wasLive ||= news.live; // it may be followed, also to its last line
    this.files = news.files;
    if (news.record > this.record || news.event > this.event) this.fetch();
    else {
      this.isWhole = true;
      this.told();
    }
    if (Object.keys(news.files).length) this.lookSoon();
  }

  /** Asks for chunk after chunk until there is no more; one at a time. */
  async fetch() {
    if (this.isBusy) {
      this.isAgain = true;
      return;
    }
    this.isBusy = true;
    try {
      let more = true;
      while (more && !this.isClosed) {
        this.isAgain = false;
        const { run, record, event } = this;
        const news = await this.wire.ask("log_lines", { run, record, event });
        Object.assign(this, { record: news.record, event: news.event });
        this.book.add(news.items);
        for (const rest of this.book.rests.splice(0)) await this.readRest(rest);
        more = news.more || this.isAgain;
        this.isWhole = !more;
        if (!this.isClosed) this.told();
      }
    } catch (error) {
      this.failed(error);
    } finally {
      this.isBusy = false;
    }
  }

  lookSoon() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (!this.isClosed) this.readFiles().catch(this.failed);
    }, PATIENCE);
  }

  /** Reads what the log files of steps that run have beyond what the store told. */
  async readFiles() {
    if (this.isReading || this.isBusy) return this.lookSoon();
    this.isReading = true;
    try {
      for (const [step, sizes] of Object.entries(this.files)) {
        for (const [stream, size] of Object.entries(sizes)) await this.readTail(step, stream, size);
      }
    } finally {
      this.isReading = false;
    }
  }

  async readTail(step, stream, size) {
    const place = this.book.place(step, stream);
    if (size <= Math.max(place.shown, place.stored) || this.isClosed) return;
    const begin = Math.max(place.shown, place.stored);
    const { items, next } = await this.part(step, stream, begin, size, true);
    // the store may have told it meanwhile
    if (next > begin && Math.max(place.shown, place.stored) === begin) {
      this.book.grown(step, stream, Date.now(), items, next);
      this.told();
    }
  }

  /** The end of a record of which the beginning was read from the log file. */
  async readRest({ step, stream, at, begin, end }) {
    const { items } = await this.part(step, stream, begin, end);
    this.book.grown(step, stream, at, items, this.book.place(step, stream).shown);
  }

  /** The lines that stand in the log files in the place of a line that says so. */
  async fill(line) {
    const texts = [];
    for (const { step, stream, begin, end } of line.gaps) {
      for (let at = begin; at < end && !this.isClosed;) {
        const { items, next } = await this.part(step, stream, at, end);
        for (const [level, text] of items) texts.push([stream, level, text]);
        at = next > at ? next : end;
      }
    }
    this.book.filled(line, texts);
    this.told();
  }

  part(step, stream, begin, end, growing = false) {
    return this.wire.ask("log_file", { run: this.run, step, stream, begin, end, growing });
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.stop();
  }
}
