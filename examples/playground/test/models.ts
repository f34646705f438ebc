import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  first,
  miniFolder,
  type Playground,
  samplesFolder,
  shows,
  start,
  unfold,
} from './support/playground.js';

const figures = (page: Page) => page.locator('.figures').textContent();
const kind = (page: Page, name: string) =>
  page.locator('.panel .segmented label', { hasText: name }).click();

async function lookUp(page: Page, url: string): Promise<void> {
  await page.getByLabel('Folder made by clipseg convert').fill(url);
  await page.getByRole('button', { name: 'Check the size' }).click();
}

export function modelTests(stage: Playground): void {
  describe('a model', () => {
    it('from a URL is downloaded after its size is shown; it can be stopped and resumed', async () => {
      const page = await stage.open();
      await unfold(page, 'Model');
      await kind(page, 'From a URL');
      await lookUp(page, `${stage.server.url}/model/`);
      const consent = page.locator('.consent');
      await consent.getByText('This downloads up to 16.7 MB, once.').waitFor();
      const requested = () => stage.server.requests.map(({ path }) => path);
      expect(requested().filter((path) => /^\/model\/.*onnx$/.test(path))).toEqual([]);

      let release = () => {};
      stage.server.deliver = ({ path, response, bytes }) => {
        if (path !== '/model/vision_encoder_int8.onnx') return false;
        response.writeHead(200, {
          'content-length': bytes.length,
          'access-control-allow-origin': '*',
          'cross-origin-resource-policy': 'cross-origin',
        });
        response.write(bytes.subarray(0, 1_000_000));
        release = () => response.destroy();
        return true;
      };
      await consent.getByRole('button', { name: 'Download and use it' }).click();
      const notice = page.locator('.notice');
      await notice.getByText(/of 5\.9 MB/).waitFor();
      await notice.getByRole('button', { name: 'Cancel' }).click();
      await notice.getByText('Loading was stopped').waitFor();
      stage.server.reset();
      release();
      await notice.getByRole('button', { name: 'Load the model' }).click();
      await page.locator('.model-state[data-status=ready]').waitFor();
      await shows(page, first);
      expect(await page.locator('.model-state').textContent()).toContain('/model/');

      await lookUp(page, `${stage.server.url}/model`);
      expect(await consent.textContent()).toContain('8-bit weights: 0.0 MB'); // cached
    });

    it('that does not exist is reported, with what is expected', async () => {
      const page = await stage.again();
      await unfold(page, 'Model');
      await kind(page, 'From a URL');
      stage.allow(/404/);
      await lookUp(page, `${stage.server.url}/none/`);
      const alert = page.getByRole('alert');
      await alert.getByText('not-found').waitFor();
      expect(await alert.textContent()).toContain('Is this a folder made by `clipseg convert`?');
      await lookUp(page, 'http://');
      await alert.getByText('invalid-argument').waitFor();
      stage.server.deliver = ({ path, response }) => {
        if (path !== '/model/clipseg.json') return false;
        response.writeHead(200, { 'access-control-allow-origin': '*' }).end('<!doctype html>');
        return true;
      };
      await lookUp(page, `${stage.server.url}/model/`);
      await alert.getByText('invalid-model').waitFor();
      await kind(page, 'Embedded');
    });

    it('from a folder on the disk is read from there', async () => {
      const page = await stage.again();
      await unfold(page, 'Model');
      await kind(page, 'From a folder');
      const folder = page.locator('input[webkitdirectory]');
      await folder.setInputFiles(samplesFolder);
      await page.getByRole('alert').getByText('not-found').waitFor();
      stage.server.requests.length = 0;
      await folder.setInputFiles(miniFolder);
      await page.locator('.model-state[data-status=ready]').waitFor();
      await shows(page, start);
      expect(await page.locator('.model-state').textContent()).toContain('model');
      expect(stage.server.requests.filter(({ path }) => path.endsWith('.onnx'))).toEqual([]);
      await kind(page, 'Embedded');
    });

    it('runs on the chosen device, and says which it is', async () => {
      const page = await stage.again();
      await unfold(page, 'Model');
      await unfold(page, 'Device and timing');
      expect(await figures(page)).toMatch(
        /Runs onwasm.*Automatic.*Precisionint8.*encoding, once\d/,
      );
      await page.getByLabel('Precision').selectOption('fp32');
      await page.getByLabel('Device').selectOption('wasm');
      await expect.poll(() => figures(page)).toMatch(/Runs onwasm.*WebAssembly.*Precisionfp32/);
      await shows(page, start);
      await page.getByLabel('Device').selectOption('webnn');
      await page.getByRole('alert').getByText('backend').waitFor();
      await page.getByLabel('Device').selectOption('auto');
      await page.locator('.model-state[data-status=ready]').waitFor();
    });
  });
}
