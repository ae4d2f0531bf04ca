import { scalarToYaml } from '../task/yaml.ts';
import { cronFields } from './cron-fields.ts';
import { minuteOf } from './minute-of.ts';
import type { Planned, ScheduleFile } from './planned.ts';

/** What a cluster has to know beside the schedule. */
export interface KubernetesWish {
  /** Tells the repository from others in the cluster; the same for everybody who works with it. */
  readonly name: string;
  /** What workers clone. */
  readonly url: string;
  /** An image with node, git, rota and the agents' clients (docs/scale.md has its Dockerfile). */
  readonly image: string;
  /** Of a Secret whose keys become variables: the agents' keys, and what git logs in with. */
  readonly secret: string;
}

/**
 * A CronJob for each role. Each start is a machine of its own that clones, works and is gone; the state is the git remote.
 *
 * @throws RotaError `config` for an interval that cron cannot say
 */
export function cronJobs(planned: readonly Planned[], wish: KubernetesWish): ScheduleFile {
  return { path: 'rota-cronjobs.yaml', text: planned.map((one) => cronJob(one, wish)).join('---\n') };
}

/** Finds the CronJobs of one repository again. */
export function cronJobSelector(name: string): string {
  return `app.kubernetes.io/name=rota,app.kubernetes.io/instance=${ending(name, 63)}`;
}

function cronJob(
  { role, pace, timeZone, args }: Planned,
  { name, url, image, secret }: KubernetesWish,
): string {
  const zone = timeZone === null ? '' : `\n  timeZone: ${scalarToYaml(timeZone)}`;
  const more = args.slice(2);
  const words = ['rota', 'worker', '--repo', url, '--role', role, ...more];
  return `apiVersion: batch/v1
kind: CronJob
metadata:
  name: ${scalarToYaml(cronJobName(name, role))}
  labels: {app.kubernetes.io/name: rota, app.kubernetes.io/instance: ${scalarToYaml(ending(name, 63))}}
spec:
  schedule: ${scalarToYaml(cronFields(pace, minuteOf(`${name} ${role}`)))}${zone}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 600
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      # A task that did not land is tried again by the next start, not by this one.
      backoffLimit: 0
      template:
        metadata:
          labels: {app.kubernetes.io/name: rota}
        spec:
          restartPolicy: Never
          # Rota ends its agent and gives the lock back when the pod has to go.
          terminationGracePeriodSeconds: 120
          automountServiceAccountToken: false
          containers:
            - name: rota
              image: ${scalarToYaml(image)}
              args: ${scalarToYaml(words)}
              envFrom: [{secretRef: {name: ${scalarToYaml(secret)}}}]
              resources: {requests: {cpu: 500m, memory: 1Gi}}
`;
}

/** At most 52 letters: the cluster puts eleven behind it. A role's name has 31 at most. */
function cronJobName(repository: string, role: string): string {
  return `rota-${ending(repository, 52 - 'rota--'.length - role.length)}-${role}`;
}

function ending(name: string, room: number): string {
  return name.slice(-room).replace(/^[^a-z0-9]+/, '');
}
