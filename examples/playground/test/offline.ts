import { describe, expect, it } from 'vitest';
import { first, type Playground, shows, unfold } from './support/playground.js';

export function offlineTests(stage: Playground): void {
  describe('without a network', () => {
    it('the second visit works, also by example; threads work without headers', async () => {
      stage.server.isolated = false; // like GitHub Pages
      const page = await stage.open({ viewport: { width: 1280, height: 800 } });
      await page.getByText('Works offline').waitFor();
      await shows(page, first);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await page.context().setOffline(true);
      stage.server.deliver = ({ response }) => {
        response.destroy();
        return true;
      };
      await page.reload();
      await shows(page, first);
      await unfold(page, 'Device and timing');
      expect(await page.locator('.figures').textContent()).toMatch(/CPU threads[2-9]/);
      await unfold(page, 'By example');
      await page.locator('.supports').getByRole('button', { name: 'meadow' }).click();
      await page.getByRole('button', { name: 'Use the whole image' }).click();
      await shows(page, [...first, 'like the example']);
    });
  });
}
