"""Makes calls that schemathesis has made up genuine: answers challenges, makes proofs and signs.

Only calls whose headers and path are of the right form are touched, so what is wrong on purpose stays wrong; a wrong body
is signed as it is. The keys in PAIRING_KEYS are exchanged for two devices: one is asked, the other is removed.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from urllib.parse import urlsplit

import requests
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ORIGIN = os.environ["PAIRING_ORIGIN"]
CA = os.environ["PAIRING_CA"]
DEVICES = "/pairing/v1/devices"
COMPONENTS = '("@method" "@target-uri" "content-digest" "passcode-count")'
SIGNED = re.compile(DEVICES + r"/[A-Za-z0-9_-]{1,64}(/resync)?")
HEADERS = {
    "Content-Digest": re.compile(r"sha-256=:[A-Za-z0-9+/]{43}=:"),
    "Passcode-Count": re.compile(r"0|[1-9][0-9]{0,18}"),
    "Signature-Input": re.compile(r'sig1=\("@method".*;tag="passcode-pairing"'),
    "Signature": re.compile(r"sig1=:[A-Za-z0-9+/]{86}==:"),
}
BYTES_32 = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
OFFER = {
    "key": re.compile("[0-9]{12}"),
    "nonce": re.compile("[A-Za-z0-9_-]{21}[AQgw]"),
    "seal_key": BYTES_32,
    "sign_key": BYTES_32,
    "sign_proof": re.compile("[A-Za-z0-9_-]{85}[AQgw]"),
    "seal_proof": BYTES_32,
}


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def challenge():
    answer = requests.post(ORIGIN + "/pairing/v1/challenges", json={}, verify=CA, timeout=10)
    return answer.json()


class Device:
    """A device with its two keys."""

    def __init__(self, key):
        self.sign, self.seal = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        self.key, self.count = key, 0
        answer = requests.post(ORIGIN + DEVICES, json=self.offer(key), verify=CA, timeout=10)
        assert answer.status_code == 201, answer.text
        self.id = answer.json()["device"]

    def offer(self, key):
        asked = challenge()
        seal_key = text(self.seal.public_key().public_bytes_raw())
        sign_key = text(self.sign.public_key().public_bytes_raw())
        lines = ["passcode-pairing-v1 exchange", ORIGIN, key, asked["nonce"], seal_key, sign_key]
        transcript = "\n".join(lines).encode()
        theirs = X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(asked["key"] + "="))
        info = b"passcode-pairing-v1 seal proof"
        proof_key = HKDF(SHA256(), 32, None, info).derive(self.seal.exchange(theirs))
        return {
            "key": key,
            "nonce": asked["nonce"],
            "seal_key": seal_key,
            "sign_key": sign_key,
            "sign_proof": text(self.sign.sign(transcript)),
            "seal_proof": text(hmac.new(proof_key, transcript, hashlib.sha256).digest()),
        }

    def headers(self, method, path, body):
        self.count += 1
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        params = (
            f'{COMPONENTS};created=1700000000;keyid="{self.id}";nonce="{challenge()["nonce"]}"'
            ';alg="ed25519";tag="passcode-pairing"'
        )
        base = (
            f'"@method": {method}\n"@target-uri": {ORIGIN}{path}\n"content-digest": {digest}\n'
            f'"passcode-count": {self.count}\n"@signature-params": {params}'
        )
        signature = base64.b64encode(self.sign.sign(base.encode())).decode()
        return {
            "Content-Digest": digest,
            "Passcode-Count": str(self.count),
            "Signature-Input": f"sig1={params}",
            "Signature": f"sig1=:{signature}:",
        }


ASKED, REMOVED = (Device(key) for key in os.environ["PAIRING_KEYS"].split())


def is_signed(request):
    values = ((form, request.headers.get(name)) for name, form in HEADERS.items())
    return all(value is not None and form.fullmatch(str(value)) for form, value in values)


def is_offer(body):
    return isinstance(body, dict) and all(
        isinstance(body.get(name), str) and form.fullmatch(body[name])
        for name, form in OFFER.items()
    )


class Genuine(requests.auth.AuthBase):
    """Makes a call genuine."""

    def __call__(self, request):
        path = urlsplit(request.url).path
        if request.method == "POST" and path == DEVICES:
            self.prove(request)
        elif SIGNED.fullmatch(path) and is_signed(request):
            device = REMOVED if request.method == "DELETE" else ASKED
            request.url = re.sub(DEVICES + "/[^/?]+", f"{DEVICES}/{device.id}", request.url)
            body = request.body or b""
            body = body.encode() if isinstance(body, str) else body
            request.headers.update(device.headers(request.method, request.path_url, body))
        return request

    def prove(self, request):
        try:
            body = json.loads(request.body)
        except (TypeError, ValueError):
            return
        if is_offer(body):
            # Every other call brings the key of this device once more.
            key = ASKED.key if body["nonce"] < "V" else body["key"]
            request.prepare_body(None, None, json={**body, **ASKED.offer(key)})


schemathesis.auth.set_from_requests(Genuine())
