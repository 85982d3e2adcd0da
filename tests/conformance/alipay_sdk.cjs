// Does for the npm package alipay-sdk what alipay_sdk.py does for its Python namesake; it cannot sign.
const { AlipaySdk } = require("alipay-sdk");

async function call(sdk, method, bizContent, notifyUrl) {
  return sdk.exec(method, { bizContent, ...(notifyUrl && { notifyUrl }) }, { validateSign: true });
}

async function verify(sdk, form) {
  return sdk.checkNotifySignV2(form);
}

async function main(job) {
  const sdk = new AlipaySdk({ ...job, keyType: "PKCS8", timeout: 5000 });
  const steps = { call, verify };
  const done = [];
  for (const [step, ...rest] of job.steps) done.push(await steps[step](sdk, ...rest));
  process.stdout.write(JSON.stringify(done));
}

let text = "";
process.stdin.on("data", (chunk) => (text += chunk));
process.stdin.on("end", () => main(JSON.parse(text)));
