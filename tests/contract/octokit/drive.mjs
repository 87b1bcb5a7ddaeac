// Plays a GitHub App with GitHub's own client: reads what it needs as JSON from standard input,
// and writes what it saw as JSON to standard output.
import { readFileSync } from "node:fs";
import { Webhooks } from "@octokit/webhooks";
import { App, Octokit } from "octokit";

const given = JSON.parse(readFileSync(0, "utf8"));
const where = { owner: given.owner, repo: given.repo };

// The playground is no shared server: neither waiting between writes nor trying again is wanted.
const Client = Octokit.defaults({
  baseUrl: given.api,
  throttle: { enabled: false },
  retry: { enabled: false },
});
const app = new App({ appId: given.appId, privateKey: given.privateKey, Octokit: Client });

async function asApp() {
  const { data: self } = await app.octokit.rest.apps.getAuthenticated();
  const { data: installation } = await app.octokit.rest.apps.getRepoInstallation(where);
  const installations = await app.octokit.paginate(app.octokit.rest.apps.listInstallations);
  const repositories = [];
  for await (const { repository } of app.eachRepository.iterator()) {
    repositories.push(repository.full_name);
  }
  return {
    slug: self.slug,
    installation: installation.id,
    installations: installations.length,
    repositories,
  };
}

async function talk(octokit) {
  const { data: issue } = await octokit.rest.issues.create({
    ...where,
    title: "From Octokit",
    body: "With a *body*",
    labels: ["bug"],
  });
  const at = { ...where, issue_number: issue.number };
  const { data: comment } = await octokit.rest.issues.createComment({ ...at, body: "Working…" });
  await octokit.rest.issues.updateComment({ ...where, comment_id: comment.id, body: "Done ✅" });
  await octokit.rest.reactions.createForIssueComment({
    ...where,
    comment_id: comment.id,
    content: "eyes",
  });
  const comments = await octokit.paginate(octokit.rest.issues.listComments, at);
  return {
    number: issue.number,
    author: comment.user.login,
    authorType: comment.user.type,
    through: comment.performed_via_github_app?.slug,
    bodies: comments.map((one) => one.body),
    eyes: comments[0].reactions.eyes,
  };
}

function annotations(from, to) {
  const lines = Array.from({ length: to - from }, (_, index) => from + index + 1);
  return lines.map((line) => ({
    path: "calc.py",
    start_line: line,
    end_line: line,
    annotation_level: "warning",
    message: `Line ${line}`,
  }));
}

async function check(octokit) {
  const output = { title: "Quality", summary: "51 remarks" };
  const { data: run } = await octokit.rest.checks.create({
    ...where,
    name: "Octokit",
    head_sha: given.sha,
    status: "in_progress",
    external_id: "octokit-1",
    output: { ...output, annotations: annotations(0, 50) },
  });
  const { data: done } = await octokit.rest.checks.update({
    ...where,
    check_run_id: run.id,
    conclusion: "neutral",
    output: { ...output, annotations: annotations(50, 51) },
  });
  const listed = await octokit.paginate(octokit.rest.checks.listAnnotations, {
    ...where,
    check_run_id: run.id,
    per_page: 20,
  });
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...where,
    ref: given.sha,
  });
  return {
    status: done.status,
    conclusion: done.conclusion,
    counted: done.output.annotations_count,
    listed: listed.map((one) => one.start_line),
    runs: runs.map((one) => one.name),
  };
}

async function refusals(octokit) {
  const statusOf = (promise) => promise.then(() => 0, (error) => error.status);
  return {
    unknown: await statusOf(octokit.rest.issues.get({ ...where, issue_number: 999 })),
    invalid: await statusOf(
      octokit.rest.issues.createComment({ ...where, issue_number: 1, body: "x".repeat(65_537) }),
    ),
  };
}

async function verify() {
  const webhooks = new Webhooks({ secret: given.secret });
  const wrong = new Webhooks({ secret: `${given.secret}?` });
  const seen = [];
  for (const { event, body, signature } of given.deliveries) {
    seen.push({
      event,
      genuine: await webhooks.verify(body, signature),
      spoilt: await webhooks.verify(`${body} `, signature),
      foreign: await wrong.verify(body, signature),
    });
  }
  return seen;
}

const steps = {
  play: async () => {
    const octokit = await app.getInstallationOctokit(given.installationId);
    return {
      app: await asApp(),
      talk: await talk(octokit),
      check: await check(octokit),
      refusals: await refusals(octokit),
    };
  },
  verify,
};

process.stdout.write(JSON.stringify(await steps[given.step]()));
