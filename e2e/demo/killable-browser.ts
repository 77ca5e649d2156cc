/** A browser as a person starts it: its own command, on a profile that is kept; so that it can be killed, all of it. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BrowserStart {
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly profile: string;
  readonly url: string;
}

/** Settings of Firefox: nothing but the page, also after a crash, and none of the services that start beside it. */
const FIREFOX_SETTINGS: Record<string, string | number | boolean> = {
  'app.normandy.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.newtabpage.activity-stream.feeds.topsites': false,
  'browser.preonboarding.enabled': false,
  'browser.region.update.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.enabledScopes': 0,
  'identity.fxaccounts.enabled': false,
  'services.settings.server': 'data:,',
  'termsofuse.bypassNotification': true,
  'toolkit.startup.max_resumed_crashes': -1,
  'toolkit.telemetry.unified': false,
};

export interface KillableBrowser {
  /** What it has said on its standard error, the end of it. */
  said(): string;
  kill(): Promise<void>;
}

/** Of what a browser says so many characters are kept. */
const MOST_SAID = 4000;

export function startBrowser(
  name: string,
  { executablePath, args, profile, url }: BrowserStart,
): KillableBrowser {
  if (name === 'firefox') {
    const lines = Object.entries(FIREFOX_SETTINGS).map(
      ([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join(''));
  }
  const own =
    name === 'firefox'
      ? ['--headless', '--no-remote', '--profile', profile]
      : ['--headless=new', `--user-data-dir=${profile}`];
  // Detached: it leads a process group of its own, which is what is killed.
  const child = spawn(executablePath, [...args, ...own, url], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MOST_SAID);
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    said: () => (child.exitCode === null ? said : `${said}\nIt has ended, with ${child.exitCode}.`),
    async kill() {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
      await gone;
    },
  };
}
