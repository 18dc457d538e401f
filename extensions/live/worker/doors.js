// A worker has no document and no localStorage. What else it could use to reach the reader's data on this site,
// or other sites, is closed once the kernel is loaded: code in a cell computes, and talks to the page only.

const DOORS = [
  "indexedDB", "caches", "cookieStore", // what this site stores in the browser
  "webkitRequestFileSystem", "webkitRequestFileSystemSync",
  "webkitResolveLocalFileSystemURL", "webkitResolveLocalFileSystemSyncURL",
  "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "importScripts", // the network
  "FontFace", "fonts",
  "BroadcastChannel", "Worker", "SharedWorker", // other pages of this site; a new worker would have new doors
];
const DOORS_OF_NAVIGATOR = ["storage", "storageBuckets", "locks", "serviceWorker"];

export function closeDoors() {
  const openFetch = self.fetch.bind(self);
  for (const name of DOORS) lock(self, name, undefined);
  // what lies on this site, such as a data file beside the page, a cell may read, without cookies
  const limits = { credentials: "omit", mode: "same-origin" };
  lock(self, "fetch", (resource, options) => openFetch(resource, { ...options, ...limits }));
  for (const name of DOORS_OF_NAVIGATOR) lock(self.navigator, name, undefined);
}

// Many a door is a property of a prototype, and would still be found there if only the object itself had another value.
function lock(object, name, value) {
  for (let owner = object; owner; owner = Object.getPrototypeOf(owner)) {
    if (Object.hasOwn(owner, name)) Object.defineProperty(owner, name, { value, writable: false, configurable: false });
  }
}
