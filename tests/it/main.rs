//! The integration tests: one binary, the real server, real requests.

#[cfg(test)]
mod access;
#[cfg(test)]
mod bad_way;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod bucket;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod config;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod console;
#[cfg(test)]
mod copies;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod disk_full;
#[cfg(test)]
mod disks;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod door;
#[cfg(test)]
mod events;
#[cfg(test)]
mod guests;
#[cfg(test)]
mod guide_j;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod jibri;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod links;
#[cfg(test)]
mod meetings;
#[cfg(test)]
mod moto;
#[cfg(test)]
mod process;
#[cfg(test)]
mod prosody;
#[cfg(test)]
mod recorders;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod reservations;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod shares;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod whereby;
