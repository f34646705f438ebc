import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark';

const system = (): Theme => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

/** As the system has it, until people choose; what they chose is kept. */
export function useTheme(): readonly [Theme, () => void] {
  const [own, choose] = useState(() => localStorage.getItem('theme') as Theme | null);
  const [inherited, follow] = useState(system);
  const theme = own ?? inherited;
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => follow(system());
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const toggle = () => {
    const next = theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem('theme', next);
    choose(next);
  };
  return [theme, toggle];
}
