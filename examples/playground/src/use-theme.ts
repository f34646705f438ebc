import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark';

const system = (): Theme => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

/** The system's theme, until the user chooses one, which is then stored. */
export function useTheme(): readonly [Theme, () => void] {
  const [chosen, setChosen] = useState(() => localStorage.getItem('theme') as Theme | null);
  const [inherited, setInherited] = useState(system);
  const theme = chosen ?? inherited;
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setInherited(system());
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const toggle = () => {
    const next = theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem('theme', next);
    setChosen(next);
  };
  return [theme, toggle];
}
