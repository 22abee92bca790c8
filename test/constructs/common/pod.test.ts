// The one pod-spec builder.
import type { Container } from 'kubernetes-types/core/v1';
import { podSpec } from '../../../constructs/common/pod';

describe('a pod', () => {
  it('has its containers in the usual order of their fields, without what is empty', () => {
    const { containers } = podSpec({ containers: [{ env: [], image: 'i', name: 'n', tty: true }] });
    expect(JSON.stringify(containers)).toBe('[{"name":"n","image":"i","tty":true}]');
  });

  it('passes on what is no map among them, for a server to refuse', () => {
    const given = ['', 'ab', 1.5, ['a']] as unknown as Container[];
    expect(podSpec({ containers: given, initContainers: given })).toEqual({ containers: given, initContainers: given });
  });
});
