//! Which addresses lie in the open internet, and which an operator opens besides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// Addresses of the older kind that are not in the open internet, after IANA's registry.
const CLOSED_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    // Between a provider and its customers; some clouds tell their secrets at 100.100.100.200.
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    // One link only; clouds tell their secrets at 169.254.169.254.
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    // In the open by its number, but it answers only within Azure, about the machine that asks.
    v4(168, 63, 129, 16, 32),
];

/// The newer kind is in the open within this block only, which leaves out unique local addresses (Fly's 6PN among them),
/// link-local ones, multicast and the loopback.
const OPEN_V6: Ipv6Net = v6(0x2000, 0, 3);

/// What is not open within that block: assignments of the protocol itself (Teredo among them), documentation, and 6to4,
/// which carries an older address inside.
const CLOSED_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),
    v6(0x2001, 0x0db8, 32),
    v6(0x2002, 0, 16),
    v6(0x3fff, 0, 20),
];

/// The well-known prefix of NAT64: the last four bytes are an address of the older kind, which decides.
const NAT64: Ipv6Net = v6(0x0064, 0xff9b, 96);

/// Whether an address lies in the open internet.
pub(super) fn is_open(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !CLOSED_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => match carried(address) {
            Some(carried) => is_open(IpAddr::V4(carried)),
            None => OPEN_V6.contains(&address) && !CLOSED_V6.iter().any(|net| net.contains(&address)),
        },
    }
}

/// The address of the older kind that a newer one stands for.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    let within = NAT64.contains(&address).then(|| Ipv4Addr::new(a, b, c, d));
    within.or_else(|| address.to_ipv4_mapped())
}

/// One entry of `EGRESS_ALLOW`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A host by its name, in lower case.
    Host(String),
    /// A block of addresses.
    Block(IpNet),
}

impl std::str::FromStr for Opened {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        if let Ok(block) = text.parse::<IpNet>() {
            return Ok(Self::Block(block));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Block(IpNet::from(address)));
        }
        let is_name = !text.is_empty()
            && text.len() <= 253
            && text.split('.').all(|label| {
                !label.is_empty()
                    && label
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            });
        if is_name {
            Ok(Self::Host(text))
        } else {
            Err("must be names of hosts, addresses, or blocks of addresses such as 10.0.0.0/8")
        }
    }
}

impl Opened {
    /// Whether it opens `address`, which was found under the name `host`.
    pub(super) fn opens(&self, host: &str, address: IpAddr) -> bool {
        match self {
            Self::Host(name) => name.eq_ignore_ascii_case(host.trim_end_matches('.')),
            Self::Block(block) => block.contains(&address.to_canonical()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_open_internet_is_open() {
        for (address, open) in [
            ("1.1.1.1", true),
            ("93.184.215.14", true),
            ("100.63.255.255", true),
            ("172.32.0.1", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("100.100.100.200", false),
            ("127.0.0.1", false),
            ("127.9.9.9", false),
            ("168.63.129.16", false),
            ("169.254.169.254", false),
            ("172.31.255.255", false),
            ("192.0.0.192", false),
            ("192.168.1.1", false),
            ("198.19.0.1", false),
            ("203.0.113.9", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700:4700::1111", true),
            ("2a00:1450::1", true),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("::ffff:1.1.1.1", true),
            ("64:ff9b::a9fe:a9fe", false),
            ("64:ff9b::a00:1", false),
            ("64:ff9b::101:101", true),
            ("64:ff9b:1::101:101", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false),
            ("3fff::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fdaa:0:1::3", false),
            ("fe80::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_open(address.parse().unwrap()), open, "{address}");
        }
    }

    #[test]
    fn what_the_operator_names_is_opened_and_nothing_beside_it() {
        for (entry, host, address, opened) in [
            ("id.corp.example", "id.corp.example", "10.0.0.7", true),
            ("id.corp.example", "ID.corp.example.", "10.0.0.7", true),
            ("id.corp.example", "x.id.corp.example", "10.0.0.7", false),
            ("10.0.0.0/24", "anything.example", "10.0.0.7", true),
            ("10.0.0.0/24", "anything.example", "::ffff:10.0.0.7", true),
            ("10.0.0.0/24", "anything.example", "10.0.1.7", false),
            ("127.0.0.1", "127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", "127.0.0.2", false),
        ] {
            let entry: Opened = entry.parse().unwrap();
            assert_eq!(
                entry.opens(host, address.parse().unwrap()),
                opened,
                "{entry:?} {host} {address}"
            );
        }
        for wrong in ["", "*.corp.example", "10.0.0.0/33", "https://id.example", "a b"] {
            assert!(wrong.parse::<Opened>().is_err(), "{wrong}");
        }
    }
}
