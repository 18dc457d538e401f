// node bundle.mjs NPM TARGET: bundle the page's and the worker's scripts with esbuild.
import { copyFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [npm, target] = process.argv.slice(2).map((path) => resolve(path));
const packages = join(npm, "node_modules");
const { build } = await import(pathToFileURL(join(packages, "esbuild/lib/main.js")));
const here = import.meta.dirname;

// The widget manager can also show widgets of ipywidgets 7, with a second copy of everything. Nothing here does.
const withoutOldWidgets = {
  name: "without-old-widgets",
  setup(bundle) {
    bundle.onResolve({ filter: /^@jupyter-widgets\/(base|controls)7/ }, ({ path }) => ({ path, namespace: "empty" }));
    bundle.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "" }));
  },
};

const common = {
  bundle: true,
  minify: true,
  outdir: target,
  absWorkingDir: here, // keeps a machine's paths out of the bundles
  nodePaths: [packages],
  legalComments: "eof", // the licences of what is bundled go with it
  define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
  loader: { ".py": "text", ".svg": "dataurl", ".woff": "empty", ".woff2": "empty", ".ttf": "empty", ".eot": "empty" },
  logLevel: "warning",
};
// What every page with code loads: small. The rest comes after the click.
await build({ ...common, entryPoints: ["page/page.js", "page/live.css"], format: "iife" });
await build({ ...common, entryPoints: ["page/session.js"], format: "esm", plugins: [withoutOldWidgets] });
await build({ ...common, entryPoints: ["worker/worker.js"], format: "iife" });
await copyFile(join(packages, "mathjax/es5/tex-svg-full.js"), join(target, "tex-svg-full.js"));
