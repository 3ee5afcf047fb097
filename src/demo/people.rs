//! Who takes part: an invented company of people from many places, and guests without an account.

/// Somebody.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: &'static str,
    /// The account, which is the address before the `@` too; empty for a guest.
    pub(super) account: &'static str,
}

const fn member(name: &'static str, account: &'static str) -> Person {
    Person { name, account }
}

const fn guest(name: &'static str) -> Person {
    Person { name, account: "" }
}

/// The company's own people.
pub(super) const MEMBERS: [Person; 44] = [
    member("Amara Okafor", "amara"),
    member("Łukasz Wiśniewski", "lukasz"),
    member("中村 さくら", "sakura"),
    member("Priya Raghunathan", "priya"),
    member("Søren Kjær", "soren"),
    member("María José Ibáñez", "mariajose"),
    member("Đặng Thị Hương", "huong"),
    member("Jürgen Weiß", "juergen"),
    member("Олена Коваленко", "olena"),
    member("Tendai Moyo", "tendai"),
    member("李晓明", "xiaoming"),
    member("Siân Llewellyn", "sian"),
    member("ליאת ברק", "liat"),
    member("Mehmet Özgür", "mehmet"),
    member("João Gonçalves", "joao"),
    member("Fatima Zahra El Idrissi", "fatima"),
    member("Kofi Mensah", "kofi"),
    member("Aino Mäkelä", "aino"),
    member("김민서", "minseo"),
    member("Giulia Ferraro", "giulia"),
    member("Nikos Papadakis", "nikos"),
    member("Ximena Quispe", "ximena"),
    member("Théo Lefèvre", "theo"),
    member("أحمد منصور", "ahmad"),
    member("Ingrid Þórsdóttir", "ingrid"),
    member("Rajesh Iyer", "rajesh"),
    member("Zofia Nowakowska", "zofia"),
    member("Kwame Asante", "kwame"),
    member("Charlotte Dubois", "charlotte"),
    member("Ondřej Dvořák", "ondrej"),
    member("Nokuthula Dlamini", "nokuthula"),
    member("Thiago Azevedo", "thiago"),
    member("Réka Szabó", "reka"),
    member("Oisín Ó Briain", "oisin"),
    member("สมชาย วงศ์สุวรรณ", "somchai"),
    member("Hanna Lindqvist", "hanna"),
    member("Bogdan Ionescu", "bogdan"),
    member("Leilani Kahale", "leilani"),
    member("Anahit Petrosyan", "anahit"),
    member("Dimitar Georgiev", "dimitar"),
    member("नेहा शर्मा", "neha"),
    member("Wanjiru Kamau", "wanjiru"),
    member("Pēteris Ozols", "peteris"),
    member("Yusuf Abdirahman", "yusuf"),
];

/// People from outside.
pub(super) const GUESTS: [Person; 14] = [
    guest("Sam"),
    guest("Beatriz"),
    guest("Mr Whitfield"),
    guest("Chloé (phone)"),
    guest("たけし"),
    guest("Grandma Rosa"),
    guest("Ivan P."),
    guest("Maryam H."),
    guest("zoë"),
    guest("Tom & Ellie"),
    guest("Dr. Okonkwo"),
    guest("Паша"),
    guest("李娜"),
    guest("Ann-Kathrin"),
];
