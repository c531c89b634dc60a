// Opens pages in Chromium, at the sizes and in the colours that people have, and says what is wrong with them.
//
// node look.mjs MODULES PICTURES PAGE...
import { createRequire } from 'node:module';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, pictures, ...pages] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);
const puppeteer = require('puppeteer-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const LARGEST = 300_000;
const VIEWS = [
  { name: 'wide', width: 1280, scheme: 'light' },
  { name: 'dark', width: 1280, scheme: 'dark' },
  { name: 'narrow', width: 360, scheme: 'light' },
  { name: 'narrow-dark', width: 360, scheme: 'dark' },
  { name: 'print', width: 794, scheme: 'light', media: 'print' },
];

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--force-color-profile=srgb'],
});
let wrong = 0;
const say = (page, text) => { wrong += 1; console.log(`WRONG ${page}: ${text}`); };

/// What a keyboard reaches, and whether one sees where it is.
async function keyboard(tab, name) {
  const stops = await tab.$$eval('summary, a[href], [tabindex="0"]', (all) => all.filter((one) => one.checkVisibility()).length);
  for (let stop = 0; stop < stops; stop += 1) {
    await tab.keyboard.press('Tab');
    const outline = await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    if (outline === 'none') say(name, `stop ${stop + 1} of the keyboard has no outline`);
  }
  const toggled = await tab.evaluate(() => document.querySelector('details:not([open]) > summary')?.focus() ?? null);
  await tab.keyboard.press('Enter');
  const opened = await tab.evaluate(() => document.activeElement.closest('details')?.open);
  if (stops > 0 && toggled === null && opened === false) say(name, 'Enter does not open what is folded');
  return stops;
}

for (const file of pages) {
  const size = statSync(file).size;
  if (size > LARGEST) say(basename(file), `${size} bytes`);
  for (const view of VIEWS) {
    const name = `${basename(file, '.html')}-${view.name}`;
    const tab = await browser.newPage();
    const url = pathToFileURL(file).href;
    tab.on('request', (request) => { if (request.url() !== url) say(name, `requests ${request.url()}`); });
    tab.on('console', (message) => say(name, `console: ${message.text()}`));
    tab.on('pageerror', (error) => say(name, `error: ${error.message}`));
    tab.on('dialog', (dialog) => { say(name, 'a script runs'); dialog.dismiss(); });
    await tab.setViewport({ width: view.width, height: 900 });
    // The type first: it forgets the colours.
    await tab.emulateMediaType(view.media ?? 'screen');
    await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: view.scheme }]);
    await tab.goto(url, { waitUntil: 'load' });
    const shade = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]);
    if (view.scheme === 'dark' !== shade < 128) say(name, `its colours are not ${view.scheme}`);
    const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) say(name, `is ${overflow} pixels wider than its window`);
    const active = await tab.$$eval('script, iframe, img, object, embed, form, link', (all) => all.length);
    if (active > 0) say(name, `${active} elements that could do something`);
    await tab.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
    if (!view.media) {
      // What is folded is looked at too.
      const stops = await keyboard(tab, name);
      await tab.$$eval('details', (all) => all.forEach((one) => { one.open = true; }));
      await tab.evaluate(axe);
      const found = await tab.evaluate(() => axe.run({ resultTypes: ['violations'] }));
      for (const one of found.violations) say(name, `axe ${one.id}: ${one.help} (${one.nodes.length}, such as ${one.nodes[0].target}: ${one.nodes[0].any.map((why) => why.message)[0]})`);
      console.log(`${name}: ${size} B, ${stops} stops of the keyboard, axe passed ${found.passes.length} rules`);
    }
    await tab.close();
  }
}
await browser.close();
console.log(wrong === 0 ? `${pages.length} pages, nothing wrong` : `${wrong} things are wrong`);
process.exit(wrong === 0 ? 0 : 1);
