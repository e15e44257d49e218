// Reads pages as Firefox's Reader View does. Standard input has the path of a page on each line; standard output gets a
// JSON object by path. The packages are those of the current folder, target/proof/.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "/"));
const { parseHTML } = require("linkedom");
const { Readability } = require("@mozilla/readability");

const found = {};
for (const path of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { document } = parseHTML(readFileSync(path, "utf8"));
  const article = new Readability(document).parse();
  found[path] = {
    title: article?.title ?? "",
    authors: (article?.byline ?? "").split(", ").filter(Boolean),
    date: article?.publishedTime ?? "",
    language: article?.lang ?? "",
    image: null,
    text: article?.textContent ?? "",
  };
}
process.stdout.write(JSON.stringify(found));
