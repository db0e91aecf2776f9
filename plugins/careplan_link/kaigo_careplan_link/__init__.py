"""ケアプランデータ連携: the link, the file standard 4.1, the 一体的 evaluation."""
