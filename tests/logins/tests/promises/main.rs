//! What a user who logs in may rely on, tried with real clients on real servers: one module a client, one test a promise,
//! each on a machine of its own.

#![cfg(target_os = "linux")]

mod aws;
mod git;
mod guides;
mod networkmanager;
mod openconnect;
mod openvpn;
mod openvpn_again;
mod openvpn_asked;
mod openvpn_attached;
mod openvpn_guide;
mod pinentry;
mod radius;
mod rdp;
mod rig;
mod ssh;
mod strongswan;
mod sudo;
mod tunnel;
