// `npm start`: installs what is missing, builds, serves, and prints the address.

import { join } from "node:path";
import { buildSite, checkNode, installPackages, root } from "./prepare.mjs";
import { serve } from "./serve.mjs";

const DEFAULT_PORT = 4173;

checkNode();
installPackages();
buildSite();
const wanted = Number(process.env.PORT ?? DEFAULT_PORT);
const { address } = await serve(join(root, "dist"), wanted);
console.log(`\nArteFact is at ${address}\nPress Ctrl+C to stop.`);
