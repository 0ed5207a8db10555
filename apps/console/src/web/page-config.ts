/** The page server's configuration; see `PageConfig` there. */
export interface DemoApp {
  appId: number;
  appSign: string;
  name: string;
}

export interface PageConfig {
  gateways: string[];
  demoApps: DemoApp[];
}

export async function loadPageConfig(path = './config.json'): Promise<PageConfig> {
  const response = await fetch(path);
  if (!response.ok) {
    throw new Error(`config.json could not be read: ${response.status}`);
  }
  return (await response.json()) as PageConfig;
}
