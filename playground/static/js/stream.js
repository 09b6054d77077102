// The event stream rests while nobody looks at the tab: a browser has only six connections to one
// host, and more people than that may be open at once. Coming back draws everything afresh.
(() => {
  class RestingSource extends EventTarget {
    constructor(url) {
      super();
      this.url = url;
      this.names = new Set();
      this.ended = false;
      this.pass = (event) => this.dispatchEvent(new MessageEvent(event.type, { data: event.data }));
      this.look = () => (document.hidden ? this.rest() : this.wake());
      document.addEventListener("visibilitychange", this.look);
      this.look();
    }

    get readyState() { return this.ended ? EventSource.CLOSED : this.source?.readyState ?? EventSource.CONNECTING; }

    addEventListener(name, listener) {
      super.addEventListener(name, listener);
      this.names.add(name);
      this.source?.addEventListener(name, this.pass);
    }

    wake() {
      if (this.source || this.ended) return;
      this.source = new EventSource(this.url);
      this.source.onopen = (event) => this.onopen?.(event);
      this.source.onerror = (event) => {
        // Given up for good: the extension then makes a new source after a while.
        if (this.source?.readyState === EventSource.CLOSED) this.close();
        this.onerror?.(event);
      };
      for (const name of this.names) this.source.addEventListener(name, this.pass);
    }

    rest() {
      this.source?.close();
      this.source = null;
    }

    close() {
      this.ended = true;
      this.rest();
      document.removeEventListener("visibilitychange", this.look);
    }
  }

  htmx.createEventSource = (url) => new RestingSource(url);
})();
