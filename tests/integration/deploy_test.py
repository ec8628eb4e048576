#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What is shipped in tools/deploy: its programs take it, the server takes its flags, and its times add up.

A checker that is not installed is skipped with the word SKIPPED.
"""

import grp
import json
import os
import pathlib
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import unittest

import server_process

try:
    import yaml
except ImportError:
    yaml = None

DEPLOY = pathlib.Path("tools/deploy").absolute()
# What the server takes beyond --stop_timeout for callers of the admin service to read how it went.
ADMIN_GRACE_SECONDS = 2
# The server's own --keep_alive_timeout, which the shipped files count on.
KEEP_ALIVE_SECONDS = 15


def program(test, name):
    """Its path. Debian has some where only root has its PATH."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin")
    if path is None:
        print(f"SKIPPED: {name} is not installed", flush=True)
        test.skipTest(f"{name} is not installed")
    return path


def seconds(text):
    """Of a time as HAProxy, nginx, systemd or a flag has it."""
    number, unit = re.fullmatch(r"([0-9]+)(ms|s)", text).groups()
    return int(number) / (1000 if unit == "ms" else 1)


def flag(flags, name, default):
    """The value of a flag, in seconds."""
    given = [one.split("=", 1)[1] for one in flags if one.startswith(f"--{name}=")]
    return seconds(given[-1] if given else default)


class DeployTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def check(self, *command, **options):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                              timeout=server_process.GUARD_SECONDS, check=False, **options)  # yapf: disable
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def assert_the_server_takes(self, flags, **options):
        """Starts it with the flags, but for what only their machine has."""
        elsewhere = ("--root", "--listen", "--metrics", "--admin", "--access_log")
        kept = [one for one in flags if one.split("=", 1)[0] not in elsewhere]
        # Each of these is of a kind that the server has to know, whatever its value.
        self.assertLessEqual({one.split("=", 1)[0] for one in flags}, set(self.known_flags()))
        with server_process.ServerProcess(f"--root={self.directory}", *kept, metrics="127.0.0.1:0", **options) as server:
            self.assertEqual(server.stop()[0], 0)

    def known_flags(self):
        text = server_process.run("--help=all").stdout
        return re.findall(r"^  (--[a-z_]+)=", text, re.MULTILINE)

    # HAProxy and nginx.

    def haproxy_values(self):
        """The words after `default-server`, by the one before each."""
        text = (DEPLOY / "haproxy.cfg").read_text(encoding="ascii")
        words = " ".join(re.findall(r"^ +default-server (.*)$", text, re.MULTILINE)).split()
        return dict(zip(words, words[1:])), text

    def test_haproxy_takes_its_configuration(self):
        haproxy = program(self, "haproxy")
        _, text = self.haproxy_values()
        # The user and the directory are those of its package.
        config = self.directory / "haproxy.cfg"
        config.write_text(re.sub(r"^  (user|group|chroot) .*\n", "", text, flags=re.MULTILINE))
        self.assertNotIn("WARNING", self.check(haproxy, "-c", "-f", str(config)))

    def test_haproxy_looks_away_before_the_listeners_close(self):
        values, text = self.haproxy_values()
        flags = re.findall(r"--[a-z_]+(?:=\S+)?", "\n".join(re.findall(r"^#   (--.*)$", text, re.MULTILINE)))
        self.assert_the_server_takes(flags)
        notices = seconds(values["inter"]) + (int(values["fall"]) - 1) * seconds(values["fastinter"])
        # With as much again for a machine that is busy.
        self.assertGreater(flag(flags, "stop_delay", "0s"), 2 * notices)
        self.assertLess(seconds(values["pool-purge-delay"]), KEEP_ALIVE_SECONDS)
        self.assertIn("GET /readyz", text)

    def test_nginx_takes_its_configuration(self):
        nginx = program(self, "nginx")
        text = (DEPLOY / "nginx.conf").read_text(encoding="ascii")
        keep_alive = re.search(r"keepalive_timeout (\S+);", text)[1]
        self.assertLess(seconds(keep_alive), KEEP_ALIVE_SECONDS)
        # As /etc/nginx/nginx.conf does it, with a port that anybody may have, and a directory of the test.
        (self.directory / "robusto.conf").write_text(text.replace("listen 80;", "listen unix:socket;"))
        paths = "".join(f"{name}_temp_path {self.directory}/{name};\n"
                        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # yapf: disable
        config = self.directory / "nginx.conf"
        user = ""
        if os.geteuid() == 0:
            # It would give its directories to the user nobody, who may not be there.
            user = f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};\n"
        config.write_text(f"{user}pid {self.directory}/pid; error_log stderr; events {{ }}\n"
                          f"http {{ access_log off;\n{paths} include {self.directory}/robusto.conf; }}\n")
        said = self.check(nginx, "-t", "-p", str(self.directory), "-e", "stderr", "-c", str(config))
        self.assertNotIn("[warn]", said)

    # systemd and the package.

    def units(self):
        """The units as they are, but for the path of the server and its manual, which is not installed here."""
        for name in ("robusto.service", "robusto.socket"):
            text = (DEPLOY / "systemd" / name).read_text(encoding="ascii")
            text = text.replace("/usr/bin/robusto-server", server_process.SERVER)
            (self.directory / name).write_text(re.sub(r"^Documentation=.*\n", "", text, flags=re.MULTILINE))
        return [str(self.directory / name) for name in ("robusto.service", "robusto.socket")]

    def service_values(self):
        text = (DEPLOY / "systemd/robusto.service").read_text(encoding="ascii").replace("\\\n", " ")
        return dict(re.findall(r"^([A-Za-z]+)=(.*)$", text, re.MULTILINE))

    def flags_of_the_file(self, also_commented_out=False):
        text = (DEPLOY / "robusto.flags").read_text(encoding="ascii")
        return re.findall(r"^#?(--\S+)$" if also_commented_out else r"^(--\S+)$", text, re.MULTILINE)

    def test_systemd_takes_the_units(self):
        analyze = program(self, "systemd-analyze")
        self.assertEqual(self.check(analyze, "verify", *self.units()), "")

    def test_systemd_finds_the_service_well_locked_up(self):
        analyze = program(self, "systemd-analyze")
        # From 0 to 10: a service that says nothing of it has 9.6. The threshold is in tenths.
        self.check(analyze, "security", "--offline=yes", "--threshold=14", self.units()[0])

    def test_systemd_waits_for_the_stop(self):
        values = self.service_values()
        flags = shlex.split(values["ExecStart"])[1:] + self.flags_of_the_file()
        self.assertIn("--listen=systemd:web", flags)
        self.assertIn("FileDescriptorName=web", (DEPLOY / "systemd/robusto.socket").read_text(encoding="ascii"))
        stop = flag(flags, "stop_delay", "0s") + flag(flags, "stop_timeout", "10s") + ADMIN_GRACE_SECONDS
        self.assertGreater(seconds(values["TimeoutStopSec"]), stop)

    def test_the_server_takes_the_file_of_flags(self):
        text = (DEPLOY / "robusto.flags").read_text(encoding="ascii")
        for path in ("/usr/share/robusto/www", "/var/log/robusto"):
            self.assertIn(path, text)
            text = text.replace(path, str(self.directory))
        file = self.directory / "robusto.flags"
        file.write_text(text)
        with server_process.ServerProcess(f"--flagfile={file}", "--metrics=127.0.0.1:0", metrics="127.0.0.1:0") as server:
            self.assertEqual(server.stop()[0], 0)
        self.assertTrue((self.directory / "access.log").exists())

    def test_the_server_takes_what_the_file_suggests(self):
        suggested = self.flags_of_the_file(also_commented_out=True)
        self.assertGreater(len(suggested), len(self.flags_of_the_file()))
        self.assert_the_server_takes(suggested)

    def test_the_package_and_the_unit_mean_the_same_files(self):
        values = self.service_values()
        command = shlex.split(values["ExecStart"])
        installed = {}
        for line in (DEPLOY / "debian/robusto-server.install").read_text(encoding="ascii").splitlines():
            source, directory = line.split()
            installed[source] = f"/{directory}/{source.rsplit('/', 1)[-1]}"
        self.assertEqual(command[0], installed["programs/robusto-server"])
        self.assertIn(f"--flagfile={installed['robusto.flags']}", command)
        flags = self.flags_of_the_file()
        self.assertIn(f"--root={os.path.dirname(installed['www/index.html'])}", flags)
        sysusers = (DEPLOY / "debian/robusto-server.sysusers").read_text(encoding="ascii")
        self.assertRegex(sysusers, rf"(?m)^u {values['User']} ")
        self.assertEqual(values["User"], values["Group"])
        logs = f"/var/log/{values['LogsDirectory']}"
        self.assertIn(f"--access_log={logs}/access.log", flags)
        logrotate = (DEPLOY / "debian/robusto-server.logrotate").read_text(encoding="ascii")
        self.assertTrue(logrotate.startswith(f"{logs}/*.log {{"), logrotate)
        self.assertIn(f"su {values['User']} {values['Group']}\n", logrotate)
        self.assertIn(f"--admin=unix:/run/{values['RuntimeDirectory']}/admin.sock", command)

    # The container image.

    def instructions(self):
        """(instruction, arguments) of the last stage of the Containerfile."""
        text = (DEPLOY / "container/Containerfile").read_text(encoding="ascii").replace("\\\n", " ")
        lines = re.findall(r"^([A-Z]+) (.*)$", text, re.MULTILINE)
        return lines[max(i for i, line in enumerate(lines) if line[0] == "FROM"):]

    def test_the_server_takes_the_images_flags(self):
        instructions = dict(self.instructions())
        self.assertEqual(instructions["FROM"], "scratch")
        flags = json.loads(instructions["CMD"])
        self.assert_the_server_takes(flags)
        ports = [flag_value.rsplit(":", 1)[1] for flag_value in flags if re.match(r"--(listen|metrics)=", flag_value)]
        self.assertEqual(instructions["EXPOSE"].split(), ports)

    def test_the_deployment_runs_the_image_of_this_version(self):
        version = re.search(r'^ +version = "(.*)",$', pathlib.Path("MODULE.bazel").read_text(encoding="ascii"), re.MULTILINE)[1]
        pod = self.manifest("deployment")["spec"]["template"]["spec"]
        container, = pod["containers"]
        self.assertEqual(container["image"], f"robusto:{version}")
        instructions = dict(self.instructions())
        user = f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"
        self.assertEqual(instructions["USER"], user)
        ports = [str(port["containerPort"]) for port in container["ports"]]
        self.assertEqual(instructions["EXPOSE"].split(), ports)
        self.assertIn("--root=/srv/www", container["args"])
        self.assertIn("--root=/srv/www", json.loads(instructions["CMD"]))

    # Kubernetes.

    def manifest(self, name):
        if yaml is None:
            print("SKIPPED: python3-yaml is not installed", flush=True)
            self.skipTest("python3-yaml is not installed")
        with open(DEPLOY / "kubernetes" / f"{name}.yaml", encoding="ascii") as file:
            return yaml.safe_load(file)

    def test_the_manifests_name_each_other(self):
        deployment = self.manifest("deployment")
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        self.assertEqual(deployment["spec"]["selector"]["matchLabels"], labels)
        self.assertEqual(self.manifest("service")["spec"]["selector"], labels)
        self.assertEqual(self.manifest("pod_disruption_budget")["spec"]["selector"]["matchLabels"], labels)
        scaler = self.manifest("horizontal_pod_autoscaler")["spec"]
        self.assertEqual(scaler["scaleTargetRef"],
                         {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment["metadata"]["name"]})
        self.assertNotIn("replicas", deployment["spec"])
        rule, = self.manifest("prometheus_adapter")["rules"]
        self.assertEqual(scaler["metrics"][0]["pods"]["metric"]["name"], rule["name"]["as"])
        container, = deployment["spec"]["template"]["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        self.assertIn(self.manifest("service")["spec"]["ports"][0]["targetPort"], ports)
        self.assertIn(f"--listen=:{ports['http']}", container["args"])
        self.assertIn(f"--metrics=:{ports['metrics']}", container["args"])

    def test_kustomize_finds_every_manifest(self):
        kustomization = self.manifest("kustomization")
        # A part of another program's configuration is not among them.
        manifests = {path.name for path in (DEPLOY / "kubernetes").iterdir()} - {"kustomization.yaml", "prometheus_adapter.yaml"}
        self.assertEqual(set(kustomization["resources"]), manifests)
        for name in manifests:
            manifest = self.manifest(name[:-len(".yaml")])
            self.assertEqual(manifest["metadata"]["name"], "robusto", name)
            self.assertLessEqual({"apiVersion", "kind", "spec"}, set(manifest), name)
        container, = self.manifest("deployment")["spec"]["template"]["spec"]["containers"]
        image, = kustomization["images"]
        self.assertEqual(image["name"], container["image"].partition(":")[0])

    def test_kubectl_takes_the_kustomization(self):
        kubectl = program(self, "kubectl")
        wanted = self.manifest("kustomization")["resources"]
        # It follows no link out of the directory, and runfiles are such links.
        shutil.copytree(DEPLOY / "kubernetes", self.directory / "kubernetes")
        made = list(yaml.safe_load_all(self.check(kubectl, "kustomize", str(self.directory / "kubernetes"))))
        self.assertEqual(len(made), len(wanted))
        deployment, = [one for one in made if one["kind"] == "Deployment"]
        container, = deployment["spec"]["template"]["spec"]["containers"]
        self.assertRegex(container["image"], r"^registry\.example/robusto:[0-9.]+$")

    def test_the_network_policy_and_the_monitor_select_the_servers_ports(self):
        template = self.manifest("deployment")["spec"]["template"]
        container, = template["spec"]["containers"]
        ports = {port["name"] for port in container["ports"]}
        policy = self.manifest("network_policy")["spec"]
        self.assertEqual(policy["podSelector"]["matchLabels"], template["metadata"]["labels"])
        self.assertEqual({port["port"] for rule in policy["ingress"] for port in rule["ports"]}, ports)
        clients, metrics = policy["ingress"]
        self.assertNotIn("from", clients)
        self.assertEqual([port["port"] for port in metrics["ports"]], ["metrics"])
        self.assertTrue(metrics["from"])
        self.assertIn("Egress", policy["policyTypes"])
        monitor = self.manifest("pod_monitor")["spec"]
        self.assertEqual(monitor["selector"]["matchLabels"], template["metadata"]["labels"])
        endpoint, = monitor["podMetricsEndpoints"]
        self.assertEqual((endpoint["port"], endpoint["path"]), ("metrics", "/metrics"))
        self.assertLess(seconds(endpoint["scrapeTimeout"]), seconds(endpoint["interval"]))

    def test_a_pod_is_asked_what_the_server_answers(self):
        pod = self.manifest("deployment")["spec"]["template"]["spec"]
        container, = pod["containers"]
        self.assert_the_server_takes(container["args"])
        asked = {kind: container[kind + "Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
        self.assertEqual({kind: where["port"] for kind, where in asked.items()}, dict.fromkeys(asked, "metrics"))
        # A process that lets nothing through for a while must not be killed for it.
        self.assertEqual(asked["liveness"]["path"], "/healthz")
        self.assertEqual(asked["readiness"]["path"], "/readyz")
        stop = (container["lifecycle"]["preStop"]["sleep"]["seconds"] + flag(container["args"], "stop_delay", "0s") +
                flag(container["args"], "stop_timeout", "10s") + ADMIN_GRACE_SECONDS)  # yapf: disable
        self.assertGreater(pod["terminationGracePeriodSeconds"], stop)

    def test_the_autoscalers_metric_is_exported(self):
        rule, = self.manifest("prometheus_adapter")["rules"]
        series = set(re.findall(r"\b(robusto_\w+)\{", rule["seriesQuery"] + rule["metricsQuery"]))
        self.assertEqual(len(series), 2)
        with server_process.ServerProcess(f"--root={self.directory}", metrics="127.0.0.1:0") as server:
            host, port = server.metrics_url[len("http://"):].rsplit(":", 1)
            with socket.create_connection((host, int(port)), timeout=server_process.GUARD_SECONDS) as connection:
                connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n")
                text = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
            names = set(re.findall(r"^(robusto_\w+)[ {]", text, re.MULTILINE))
            self.assertLessEqual(series, names)
            self.assertEqual(server.stop()[0], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
