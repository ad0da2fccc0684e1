/** What an installation is made with: image, compose file, Kubernetes manifests, systemd units. Parsed, and held to what the server really has. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { load, loadAll, YAML11_SCHEMA } from 'js-yaml';
import { printConfig, readConfig } from '../../../server/config.ts';

type Json = Readonly<Record<string, unknown>>;

const ROOT = join(import.meta.dirname, '../../..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const settings = (): readonly string[] => printConfig({}).split('\n').map((line) => line.split('=')[0] ?? '');
const at = (value: unknown, ...path: readonly (string | number)[]): unknown => path.reduce<unknown>((inside, key) => (inside as Json | undefined)?.[key], value);
const list = (value: unknown, ...path: readonly (string | number)[]): readonly Json[] => (at(value, ...path) ?? []) as readonly Json[];

/** Seconds of `40s`, `10m` or `40`. */
function seconds(duration: unknown): number {
  const [, number = '0', unit = 's'] = /^(\d+)([sm]?)$/.exec(String(duration)) ?? [];
  return Number(number) * (unit === 'm' ? 60 : 1);
}

/** What the process needs at most to end: notice, drain, and five seconds for the stores. */
function longestEnd(environment: Readonly<Record<string, string>>): number {
  const { drainNoticeSeconds, drainSeconds } = readConfig(environment);
  return drainNoticeSeconds + drainSeconds + 5;
}

describe('The image', () => {
  const lines = text('Dockerfile').replaceAll('\\\n', ' ').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const of = (instruction: string): string[] => lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1).trim());

  it('Has a pinned base of the Node that is tested with, runs nobody as root, writes to /data only and has a health check that looks at readiness.', () => {
    const { optionalDependencies } = JSON.parse(text('package.json')) as { readonly optionalDependencies: Readonly<Record<string, string>> };
    expect(of('ARG')).to.deep.equal([`NODE=node:${optionalDependencies['node'] ?? ''}-bookworm-slim`]);
    expect(of('FROM').every((from) => from.startsWith('${NODE}'))).to.equal(true);
    expect(of('USER')).to.deep.equal(['10001:10001']);
    expect(lines.indexOf('USER 10001:10001')).to.be.greaterThan(lines.findLastIndex((line) => /^(RUN|COPY) /.test(line)));
    expect(of('VOLUME')).to.deep.equal(['["/data"]']);
    expect(of('HEALTHCHECK').join()).to.include('/readyz').and.include('--start-period=10m');
    expect(of('CMD')).to.deep.equal(['["node", "server/main.ts"]']);
    expect(of('STOPSIGNAL')).to.deep.equal(['SIGTERM']);
    const [, program = ''] = /exec node \/opt\/piton\/(\S+) .*> \/usr\/local\/bin\/piton && chmod 0755/.exec(of('RUN').join('\n')) ?? [];
    expect(text('bin/piton'), 'the command piton of the image is that of bin/').to.include(`join(root, '${program}')`);
  });

  it('Copies every folder that the server reads, and only settings that exist are set.', () => {
    const copied = of('COPY').filter((what) => !what.startsWith('--from')).flatMap((what) => what.split(/\s+/).slice(0, -1));
    for (const folder of ['bin', 'engine', 'server', 'desk', 'designer', 'processes', 'templates', 'package.json', 'package-lock.json']) expect(copied, folder).to.include(folder);
    const ignored = text('.dockerignore').split('\n');
    for (const folder of copied) expect(ignored, folder).to.not.include(folder);
    const set = of('ENV').flatMap((line) => [...line.matchAll(/(PITON_\w+)=(\S+)/g)].map(([, key = '', value = '']) => [key, value] as const));
    expect(() => readConfig(Object.fromEntries(set))).to.not.throw();
  });

  it('Its health check says no where nobody answers.', () => {
    const [, command = ''] = /CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0] ?? '') ?? [];
    const [, ...parameters] = JSON.parse(command) as readonly string[];
    expect(spawnSync(process.execPath, parameters, { env: { PITON_PORT: '1' } }).status).to.equal(1);
  });
});

describe('The compose file', () => {
  const compose = load(text('compose.yaml'), { schema: YAML11_SCHEMA }) as Json;
  const services = compose['services'] as Readonly<Record<string, Json>>;

  it('Has one node by itself, and two with a replica set of MongoDB and Redis in the profile cluster; addresses are given by MONGODB_URL and REDIS_URL.', () => {
    const without = Object.entries(services).filter(([, service]) => service['profiles'] === undefined).map(([name]) => name);
    expect(without).to.deep.equal(['piton']);
    for (const name of ['piton-a', 'piton-b']) {
      const { environment, profiles, depends_on: needs } = services[name]! as { environment: Json; profiles: unknown; depends_on: Json };
      expect(profiles).to.deep.equal(['cluster']);
      expect(environment['MONGODB_URL']).to.match(/replicaSet=rs0/);
      expect(environment['REDIS_URL']).to.match(/^redis:\/\//);
      expect(Object.keys(needs)).to.have.members(['mongodb', 'redis']);
      expect(() => readConfig(Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value).replace(/\$\{\w+:-(.*)\}/, '$1')])))).to.not.throw();
      expect(services[name]!['volumes']).to.include('keys:/keys');
    }
    expect(at(services, 'mongodb', 'command')).to.include('--replSet');
    expect(at(services, 'redis', 'command')).to.include('noeviction');
    expect(services['piton']?.['environment']).to.not.have.property('MONGODB_URL');
  });

  it('Nodes are read-only, without rights, on the loopback address, each with a volume of its own and the time to end; images are pinned.', () => {
    const folders = new Set<unknown>();
    for (const [name, service] of Object.entries(services)) {
      if (!name.startsWith('piton')) {
        expect(service['image'], name).to.match(/:\d+\.\d+\.\d+/);
        continue;
      }
      expect(service, name).to.include({ read_only: true });
      expect(service['cap_drop']).to.deep.equal(['ALL']);
      expect(service['security_opt']).to.deep.equal(['no-new-privileges:true']);
      for (const port of service['ports'] as readonly string[]) expect(port, name).to.match(/^127\.0\.0\.1:/);
      const [volume = ''] = service['volumes'] as readonly string[];
      expect(Object.keys(compose['volumes'] as Json)).to.include(volume.split(':')[0]);
      folders.add(volume);
      const given = Object.keys(service['environment'] as Json).filter((key) => key.startsWith('PITON_'));
      expect(given.filter((key) => !settings().includes(key)), name).to.deep.equal([]);
      expect(seconds(service['stop_grace_period']), name).to.be.at.least(longestEnd({}));
    }
    expect(folders.size).to.equal(3);
  });
});

describe('The Kubernetes manifests', () => {
  const files = readdirSync(join(ROOT, 'deploy/kubernetes')).sort();
  const KINDS: Readonly<Record<string, string>> = { ConfigMap: 'v1', Service: 'v1', StatefulSet: 'apps/v1', Deployment: 'apps/v1', PodDisruptionBudget: 'policy/v1' };

  for (const file of files) {
    const documents = loadAll(text(`deploy/kubernetes/${file}`)) as readonly Json[];
    const workload = documents.find(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')!;
    const container = list(workload, 'spec', 'template', 'spec', 'containers')[0]!;

    it(`${file}: every object is of a kind and version that exists, and selectors, names, ports and volumes fit each other.`, () => {
      for (const { apiVersion, kind, metadata } of documents) {
        expect([kind, apiVersion]).to.deep.equal([kind, KINDS[String(kind)]]);
        expect(at(metadata, 'name')).to.match(/^[a-z0-9-]+$/);
      }
      const labels = at(workload, 'spec', 'template', 'metadata', 'labels') as Json;
      const service = documents.find(({ kind }) => kind === 'Service')!;
      for (const selector of [at(workload, 'spec', 'selector', 'matchLabels'), at(service, 'spec', 'selector')]) expect(labels).to.deep.include(selector);
      expect(list(container, 'ports')[0]).to.deep.equal({ name: 'http', containerPort: 8080 });
      expect(list(service, 'spec', 'ports')[0]).to.include({ targetPort: 'http' });
      const mounted = list(container, 'volumeMounts').map(({ name, mountPath }) => `${String(name)} ${String(mountPath)}`);
      const shared = file === 'cluster.yaml' ? ['key'] : [];
      expect(mounted).to.have.members(['data /data', 'tmp /tmp', ...shared.map((name) => `${name} /keys`)]);
      const volumes = [...list(workload, 'spec', 'template', 'spec', 'volumes').map(({ name }) => name), ...list(workload, 'spec', 'volumeClaimTemplates').map((claim) => at(claim, 'metadata', 'name'))];
      expect(volumes).to.have.members(['data', 'tmp', ...shared]);
      const config = documents.find(({ kind }) => kind === 'ConfigMap')!;
      expect(list(container, 'envFrom').map((from) => at(from, 'configMapRef', 'name')).filter((name) => name !== undefined)).to.deep.equal([at(config, 'metadata', 'name')]);
      expect(() => readConfig(config['data'] as Readonly<Record<string, string>>)).to.not.throw();
    });

    it(`${file}: probes ask what the server answers, the pod has no rights and the time it needs to end.`, () => {
      expect(at(container, 'livenessProbe', 'httpGet')).to.deep.equal({ path: '/healthz', port: 'http' });
      expect(at(container, 'readinessProbe', 'httpGet')).to.deep.equal({ path: '/readyz', port: 'http' });
      expect(at(container, 'securityContext')).to.deep.equal({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
      const pod = at(workload, 'spec', 'template', 'spec') as Json;
      expect(pod['securityContext']).to.include({ runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 });
      expect(pod['automountServiceAccountToken']).to.equal(false);
      const config = documents.find(({ kind }) => kind === 'ConfigMap')!;
      expect(Number(pod['terminationGracePeriodSeconds'])).to.be.at.least(longestEnd(config['data'] as Readonly<Record<string, string>>));
      // The notice must be longer than a probe needs to notice.
      const notice = readConfig(config['data'] as Readonly<Record<string, string>>).drainNoticeSeconds;
      expect(notice).to.be.at.least(Number(at(container, 'readinessProbe', 'periodSeconds')));
    });
  }

  it('One data folder has one process; only the cluster has several.', () => {
    expect(files).to.deep.equal(['cluster.yaml', 'single.yaml']);
    const [single, cluster] = ['single', 'cluster'].map((name) => (loadAll(text(`deploy/kubernetes/${name}.yaml`)) as readonly Json[]).find(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')!);
    expect([single!['kind'], at(single, 'spec', 'replicas'), at(list(single, 'spec', 'volumeClaimTemplates')[0], 'spec', 'accessModes')]).to.deep.equal(['StatefulSet', 1, ['ReadWriteOncePod']]);
    expect([cluster!['kind'], at(cluster, 'spec', 'replicas')]).to.deep.equal(['Deployment', 2]);
  });
});

describe('The systemd units', () => {
  const unit = (name: string): ReadonlyMap<string, string> => new Map(text(`deploy/${name}`).split('\n').flatMap((line) => {
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return key === undefined ? [] : [[key, value ?? ''] as const];
  }));

  it('The server runs as a user of its own in a folder of its own, starts again after every end, and has the time it needs.', () => {
    const piton = unit('piton.service');
    expect(piton.get('ExecStart')).to.equal('/usr/bin/node bin/start.mjs');
    expect([piton.get('User'), piton.get('StateDirectory'), piton.get('Restart'), piton.get('KillMode'), piton.get('KillSignal')]).to.deep.equal(['piton', 'piton', 'always', 'mixed', 'SIGTERM']);
    expect(seconds(piton.get('TimeoutStopSec'))).to.be.at.least(longestEnd({}));
    for (const [key, value] of [['NoNewPrivileges', 'yes'], ['ProtectSystem', 'strict'], ['ProtectHome', 'yes'], ['PrivateTmp', 'yes'], ['CapabilityBoundingSet', ''], ['UMask', '0077']] as const) expect(piton.get(key), key).to.equal(value);
    // V8 compiles at run time.
    expect(piton.has('MemoryDenyWriteExecute')).to.equal(false);
    const given = [...text('deploy/piton.service').matchAll(/(PITON_\w+)=(\S+)/g)].map(([, key = '', value = '']) => [key, value] as const);
    expect(() => readConfig(Object.fromEntries(given))).to.not.throw();
  });

  it('The backup takes the folder of the server and goes where it may write; a missed night is made up for.', () => {
    expect(unit('piton-backup.service').get('ExecStart')).to.match(/bin\/piton backup --data \/var\/lib\/piton --to "\/var\/backups\/piton\//);
    expect(unit('piton-backup.service').get('ReadWritePaths')).to.equal('/var/lib/piton /var/backups/piton');
    expect([unit('piton-backup.timer').get('Persistent'), unit('piton-backup.timer').get('OnCalendar')]).to.deep.equal(['yes', '*-*-* 01:30:00']);
  });

  it('systemd itself finds nothing to complain about, where it is there to ask.', function () {
    this.timeout(30_000);
    const { status, stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', ...['piton.service', 'piton-backup.timer'].map((name) => join(ROOT, 'deploy', name))], { encoding: 'utf8' });
    if (error !== undefined) return;
    const complaints = stderr.split('\n').filter((line) => /piton/.test(line) && !/not executable|No such file/.test(line));
    expect([complaints, status === 0 || complaints.length === 0]).to.deep.equal([[], true]);
  });
});

describe('The alert rules and the dashboard', () => {
  const rules = list(load(text('docs/monitoring/alert-rules.yaml')), 'groups', 0, 'rules');

  it('Every alert has a condition, a severity, a sentence, and a heading of the runbook that exists.', () => {
    const headings = new Set(text('docs/operations.md').split('\n').flatMap((line) => (/^#+ /.test(line) ? [line.replace(/^#+ /, '').toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-')] : [])));
    expect(rules.length).to.be.greaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
    for (const rule of rules) {
      expect(rule['expr'], String(rule['alert'])).to.be.a('string').and.not.equal('');
      expect(at(rule, 'labels', 'severity')).to.be.oneOf(['page', 'ticket']);
      expect(at(rule, 'annotations', 'summary')).to.be.a('string');
      const [page, heading = ''] = String(at(rule, 'annotations', 'runbook')).split('#');
      expect([page, headings.has(heading)], `${String(rule['alert'])} ${heading}`).to.deep.equal(['docs/operations.md', true]);
    }
  });

  it('Every panel of the dashboard asks something, has a place of its own and an id of its own.', () => {
    const { panels } = JSON.parse(text('docs/monitoring/grafana-dashboard.json')) as { readonly panels: readonly Json[] };
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
    const places = panels.map(({ gridPos }) => gridPos as { readonly x: number; readonly y: number; readonly w: number; readonly h: number });
    places.forEach((one, index) => {
      expect(one.x + one.w).to.be.at.most(24);
      for (const other of places.slice(index + 1)) expect(one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h).to.equal(false);
    });
    for (const panel of panels.filter(({ type }) => type !== 'row')) {
      expect(panel['title']).to.be.a('string');
      for (const { expr } of list(panel, 'targets')) expect(expr).to.match(/job="\$job"/);
      expect(list(panel, 'targets').length).to.be.greaterThan(0);
    }
  });
});

describe('The runbook', () => {
  it('Names every setting with its default, and every metric that an alert names.', () => {
    const page = text('docs/operations.md');
    for (const line of printConfig({}).split('\n')) {
      const [, key = '', value = ''] = /^(\w+)=(.*?) {2}# /.exec(line) ?? [];
      if (key === 'PITON_FAILPOINT') continue;
      const row = page.split('\n').find((each) => each.startsWith(`| \`${key}\` |`));
      expect(row, key).to.be.a('string');
      if (value !== '' && key !== 'PITON_DATA') expect(row, key).to.include(`\`${value}\``);
    }
    for (const name of new Set(text('docs/monitoring/alert-rules.yaml').match(/\bpiton_[a-z_]+/g))) expect(page, name).to.include(name.replace(/_bucket$/, ''));
  });
});
