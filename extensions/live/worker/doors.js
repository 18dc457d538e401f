// A worker has no document and no localStorage. What else it could use to reach the reader's data on this site,
// or other sites, is closed once the kernel is loaded: code in a cell computes, and talks to the page only.

const DOORS = [
  "indexedDB", "caches", "cookieStore", // what this site stores in the browser
  "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "importScripts", // the network
  "BroadcastChannel", "Worker", "SharedWorker", // other pages of this site; a new worker would have new doors
];

export function closeDoors() {
  const openFetch = self.fetch.bind(self);
  const lock = (owner, name, value) => Object.defineProperty(owner, name, { value, writable: false, configurable: false });
  for (const name of DOORS) lock(self, name, undefined);
  // what a page may read without cookies, such as a data file beside it, a cell may read too
  lock(self, "fetch", (resource, options) => openFetch(resource, { ...options, credentials: "omit" }));
  for (const name of ["storage", "locks", "serviceWorker"]) lock(self.navigator, name, undefined);
}
