// A git repository in a folder, for what deploys from git.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface GitRepository {
  readonly url: string;
  /** Makes these the files of the next commit, and no others. @returns its hash */
  commit(files: Readonly<Record<string, string>>): string;
}

export function gitRepository(folder: string): GitRepository {
  mkdirSync(folder);
  const git = (...args: readonly string[]): string => {
    const identity = {
      GIT_AUTHOR_NAME: 'test',
      GIT_AUTHOR_EMAIL: 'test@example.com',
      GIT_COMMITTER_NAME: 'test',
      GIT_COMMITTER_EMAIL: 'test@example.com',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    };
    const { status, stdout, stderr } = spawnSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...identity },
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  git('init', '--quiet', '--initial-branch=main');
  return {
    url: `file://${folder}`,
    commit(files) {
      for (const entry of readdirSync(folder).filter((name) => name !== '.git')) rmSync(join(folder, entry), { recursive: true });
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message=test');
      return git('rev-parse', 'HEAD');
    },
  };
}
