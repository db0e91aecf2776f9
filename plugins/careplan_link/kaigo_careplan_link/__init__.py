"""ケアプランデータ連携: the link itself, the file standard 4.1, and the 一体的 evaluation of one engagement."""
